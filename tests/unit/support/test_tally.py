"""The judge of fault tests finds what is lost, torn, strange or back from the dead, and nothing else."""

import random

from tests.support.mixed_load import Sending, deletion_of, langfuse_sending
from tests.support.tally import judge


def sending(name: str = "0-1-0") -> Sending:
    return langfuse_sending(name, 0, random.Random(0))


def test_everything_acknowledged_and_there_is_good() -> None:
    one = sending()
    verdict = judge(one.entities, [one], [])
    assert (verdict.is_good, verdict.applied) == (True, [one])


def test_an_acknowledged_request_that_is_not_there_is_lost() -> None:
    one = sending()
    for missing in (one.entities, {next(iter(one.entities))}):
        assert judge(one.entities - missing, [one], []).lost == [one.name]


def test_without_an_answer_all_or_nothing_is_good_and_a_part_is_torn() -> None:
    one = sending()
    assert judge(set(), [], [one]).missing == [one]
    assert judge(one.entities, [], [one]).applied == [one]
    assert judge(one.entities - {one.trace}, [], [one]).torn == [one.name]


def test_what_nobody_sent_is_strange() -> None:
    one = sending()
    assert judge({*one.entities, "unheard-of"}, [one], []).strange == {"unheard-of"}


def test_a_deletion_without_an_answer_may_have_happened_and_one_with_an_answer_must_have() -> None:
    one = sending()
    deletion = deletion_of(one.trace)
    assert judge(one.lasting, [one], [deletion]).applied == [one, deletion]
    assert judge(one.entities, [one], [deletion]).missing == [deletion]
    assert judge(one.lasting, [one, deletion], []).is_good
    assert judge(one.entities, [one, deletion], []).lost == [one.name]
