"""Announcements of media and reports of uploads."""

from typing import Any, Final

from msgspec import Struct

from tests.support.media.content import PNG, announcement, sha256_of

MAX_BYTES: Final = 10_000
"""Largest that the server of these rows takes."""
REPORT: Final = {
    "uploadedAt": "2027-01-15T08:00:01.5Z",
    "uploadHttpStatus": 200,
    "uploadHttpError": "",
    "uploadTimeMs": 12,
}


class BadMedia(Struct, frozen=True):
    """What is changed of a good body, and the place that the answer names."""

    changed: dict[str, Any]
    place: list[str]


ANNOUNCEMENTS: Final = [
    *(
        BadMedia({"contentType": sent}, ["contentType"])
        for sent in ("application/x-msdownload", "image/png; charset=utf-8", "IMAGE/PNG", "", " ", "../x", 7, True, [])
    ),
    *(
        BadMedia({"contentLength": sent}, ["contentLength"])
        for sent in (0, -1, 1.5, "7", MAX_BYTES + 1, 10**30, True, [], {})
    ),
    *(
        BadMedia({"sha256Hash": sent}, ["sha256Hash"])
        for sent in ("", "a" * 64, "é" * 44, "../" * 14 + "ab", sha256_of(PNG)[:-1], sha256_of(PNG) + "=", 7, [])
    ),
    *(BadMedia({"field": sent}, ["field"]) for sent in ("", "expectedOutput", "../x", "INPUT", 7, [])),
    *(BadMedia({name: None}, []) for name in ("contentType", "contentLength", "sha256Hash", "field")),
    BadMedia({"traceId": None}, ["traceId"]),
    BadMedia({"traceId": ""}, ["traceId"]),
    BadMedia({"traceId": 7}, ["traceId"]),
    BadMedia({"traceId": "x" * 801}, ["traceId"]),
    BadMedia({"traceId": "a\0b"}, []),
    BadMedia({"observationId": "é" * 401}, ["observationId"]),
    BadMedia({"observationId": []}, ["observationId"]),
    BadMedia({"traceId": None, "observationId": "o"}, ["traceId"]),
    BadMedia({"datasetId": "d", "datasetItemId": "i"}, ["traceId"]),
    BadMedia({"traceId": None, "datasetId": "d"}, ["datasetItemId"]),
    BadMedia({"traceId": None, "datasetItemId": "i"}, ["datasetItemId"]),
    BadMedia({"traceId": None, "datasetId": "d" * 801, "datasetItemId": "i"}, ["datasetId"]),
    BadMedia({"traceId": None, "datasetId": "d", "datasetItemId": "i", "field": "output"}, ["field"]),
]
REPORTS: Final = [
    *(BadMedia({"uploadedAt": sent}, ["uploadedAt"]) for sent in ("", "yesterday", "2027-01-15", 7, True, [])),
    *(BadMedia({"uploadHttpStatus": sent}, ["uploadHttpStatus"]) for sent in (0, -1, "200", 1.5, 10**20, True, [])),
    *(BadMedia({"uploadHttpError": sent}, ["uploadHttpError"]) for sent in (7, [], {})),
    *(BadMedia({"uploadTimeMs": sent}, ["uploadTimeMs"]) for sent in ("7", [], True)),
]


def announced(row: BadMedia) -> dict[str, Any]:
    """The body of a bad announcement."""
    return announcement(**row.changed)
