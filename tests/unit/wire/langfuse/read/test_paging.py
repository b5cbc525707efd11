import pytest

from panope.domain.errors import InvalidError
from panope.wire.langfuse.paging import PageNumber, Params, page_meta, read_page


@pytest.mark.parametrize(("total", "limit", "pages"), [(0, 50, 0), (1, 50, 1), (50, 50, 1), (51, 50, 2), (3, 1, 3)])
def test_pages_are_counted_up(total: int, limit: int, pages: int) -> None:
    meta = page_meta(PageNumber(1, limit), total)
    assert meta == {"page": 1, "limit": limit, "totalItems": total, "totalPages": pages}


def test_blank_values_count_as_absent() -> None:
    assert read_page(Params([("page", ""), ("limit", "")])) == PageNumber(1, 50)
    assert Params([("name", "")]).text("name") is None
    assert Params([("name", "")]).sent("name") == ""


def test_the_offset_counts_the_rows_of_the_pages_before() -> None:
    assert read_page(Params([("page", "3"), ("limit", "20")])).offset == 40


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("limit", "0"),
        ("limit", "101"),
        ("limit", "1.5"),
        ("limit", "1e2"),
        ("page", "0"),
        ("page", "-1"),
        ("page", "9" * 30),
        ("page", "9" * 5000),
    ],
)
def test_numbers_out_of_bounds_are_refused_and_not_cut(name: str, value: str) -> None:
    with pytest.raises(InvalidError) as raised:
        read_page(Params([(name, value)]))
    assert [issue.path for issue in raised.value.issues] == [(name,)]
    assert value not in raised.value.message or len(value) < 5


def test_words_may_be_repeated_or_separated_by_commas() -> None:
    params = Params([("tags", "a, b"), ("tags", "c"), ("tags", ",b,")])
    assert params.words("tags") == ("a", "b", "c")


def test_a_single_value_that_is_sent_twice_is_refused() -> None:
    with pytest.raises(InvalidError, match="name: was sent more than once"):
        Params([("name", "a"), ("name", "b")]).text("name")


@pytest.mark.parametrize("value", ["nan", "inf", "-Infinity", "x", "1,5"])
def test_what_is_no_finite_number_is_refused(value: str) -> None:
    with pytest.raises(InvalidError, match="value: must be a"):
        Params([("value", value)]).number("value")
