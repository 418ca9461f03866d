"""Any story of two people and their drafts goes as a model of a page says, on both databases.

Stories of a few acts here; ``POLICY_API_TEST_STORIES=500`` for the long form, 10,000 acts.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Final

from hypothesis import HealthCheck, Verbosity, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    consumes,
    invariant,
    multiple,
    rule,
    run_state_machine_as_test,
)
from werkzeug.test import TestResponse

from tests.access.people import DPO, SUMMARY, Person, Someone

STORIES = int(os.environ.get("POLICY_API_TEST_STORIES", "2"))
ACTS: Final = 20
SECTION: Final = "policies/privacy/sections/contact"

Cell = tuple[str, str]
"""Path and field of something that people edit."""

WORDS: Final[dict[Cell, tuple[str, ...]]] = {
    (DPO, "email"): ("a@example.org", "b@example.org"),
    (DPO, "phone"): ("+49 1", "+49 2"),
    (DPO, "name"): ("Ann", "Ben"),
    (SECTION, "heading"): ("Reach us", "Write to us"),
}
EDITS = st.sampled_from([(cell, word) for cell, words in WORDS.items() for word in words])
PEOPLE = st.sampled_from(["ann", "ben"])
SIDES = st.sampled_from(["mine", "theirs"])

Cells = dict[Cell, Any]


@dataclass(kw_only=True)
class Draft:
    """What the model knows of a draft."""

    place: str
    base: int
    cells: Cells
    creator: str
    authors: set[str] = field(default_factory=set)
    verdicts: list[tuple[str, object]] = field(default_factory=list)
    state: str = "open"

    @property
    def says(self) -> object:
        """What a verdict is about."""
        return self.base, tuple(self.cells.items())

    @property
    def standing(self) -> str:
        if not self.verdicts:
            return "none"
        verdict, about = self.verdicts[-1]
        return verdict if about == self.says else "changed"


class Story(RuleBasedStateMachine):
    """Two people, any number of drafts, one history."""

    drafts = Bundle("drafts")

    def __init__(self, people: dict[str, Person]) -> None:
        super().__init__()
        self.people = people
        self.known: list[Draft] = []
        ann = people["ann"]
        self.first = ann.get("/releases?limit=1").get_json()["items"][0]["release"]
        probe = ann.draft("Probe")
        self.history: dict[int, Cells] = {self.first: cells_of(ann, probe)}
        ann.delete(probe)
        self.acts = acts(ann)

    @property
    def head(self) -> int:
        return max(self.history)

    def done(self, answer: TestResponse, *expected: object, draft: Draft | None = None) -> bool:
        """Compare an answer with the model's; tell whether the act was done."""
        status, *slug = expected
        if draft is not None and draft.state != "open":
            status, slug = 409, ["conflict"]
        told = answer.get_json(silent=True) or {}
        assert answer.status_code == status, answer.text
        assert not slug or told["type"].rpartition(":")[2] == slug[0], answer.text
        was_done = answer.status_code < 300
        self.acts += was_done
        return was_done

    @rule(target=drafts, who=PEOPLE)
    def open(self, who: str) -> Any:  # noqa: ANN401 -- what the bundle takes
        answer = self.people[who].post("/drafts", {"title": "Story"})
        self.done(answer, 201)
        place = answer.headers["Location"].removeprefix("/v1")
        cells = dict(self.history[self.head])
        made = Draft(place=place, base=self.head, cells=cells, creator=who)
        self.known.append(made)
        return made

    @rule(draft=drafts, who=PEOPLE, edit=EDITS)
    def edit(self, draft: Draft, who: str, edit: tuple[Cell, str]) -> None:
        (path, name), word = edit
        answer = self.people[who].edit(draft.place, path, **{name: word})
        if self.done(answer, 200, draft=draft):
            draft.cells[path, name] = word
            draft.authors.add(who)

    @rule(draft=drafts, who=PEOPLE, edits=st.tuples(EDITS, EDITS))
    def overtake(self, draft: Draft, who: str, edits: tuple[Any, Any]) -> None:
        """Write twice from what was read once."""
        person = self.people[who]
        (path, name), word = edits[0]
        read = person.get(f"{draft.place}/entries/{path}")
        entry, etag = read.get_json(), read.headers["ETag"]
        first = person.put(f"{draft.place}/entries/{path}", {**entry, name: word}, If_Match=etag)
        if not self.done(first, 200, draft=draft):
            return
        is_same = draft.cells[path, name] == word
        draft.cells[path, name] = word
        draft.authors.add(who)
        again = person.put(f"{draft.place}/entries/{path}", {**entry, name: word}, If_Match=etag)
        self.done(again, *((200,) if is_same else (412, "precondition-failed")))

    @rule(draft=drafts, who=PEOPLE)
    def submit(self, draft: Draft, who: str) -> None:
        answer = self.people[who].post(f"{draft.place}/submit")
        is_empty = draft.cells == self.history[draft.base]
        fits = not is_empty and draft.standing not in {"submitted", "approved"}
        if self.done(answer, *((200,) if fits else (409, "conflict")), draft=draft):
            draft.verdicts.append(("submitted", draft.says))

    @rule(draft=drafts, who=PEOPLE, verdict=st.sampled_from(["approve", "reject"]))
    def judge(self, draft: Draft, who: str, verdict: str) -> None:
        answer = self.people[who].post(f"{draft.place}/{verdict}")
        expected: tuple[object, ...] = (200,)
        if (draft.authors or {draft.creator}) == {who}:
            expected = 403, "not-allowed"
        elif draft.standing != "submitted":
            expected = 409, "conflict"
        if self.done(answer, *expected, draft=draft):
            said = "approved" if verdict == "approve" else "rejected"
            draft.verdicts.append((said, draft.says))

    @rule(draft=drafts, who=PEOPLE)
    def publish(self, draft: Draft, who: str) -> None:
        key = {"Idempotency-Key": f"{draft.place}-{self.head}-{len(draft.verdicts)}"}
        answer = self.people[who].post(f"{draft.place}/publish", SUMMARY, headers=key)
        expected: tuple[object, ...] = (201,)
        if draft.base != self.head:
            expected = 409, "publish-conflict"
        elif draft.cells == self.history[draft.base]:
            expected = 409, "nothing-to-publish"
        elif draft.standing in {"submitted", "rejected", "changed"}:
            expected = 422, "gate-closed"
        if self.done(answer, *expected, draft=draft):
            assert answer.get_json()["release"] == self.head + 1
            self.history[self.head + 1] = dict(draft.cells)
            draft.state = "published"
            again = self.people[who].post(f"{draft.place}/publish", SUMMARY, headers=key)
            assert (again.status_code, again.data) == (201, answer.data)

    @rule(draft=drafts, who=PEOPLE, side=st.none() | SIDES)
    def rebase(self, draft: Draft, who: str, side: str | None) -> None:
        base, theirs = self.history[draft.base], self.history[self.head]
        clashing = {
            path
            for path, name in draft.cells
            if base[path, name] != draft.cells[path, name] != theirs[path, name]
            and base[path, name] != theirs[path, name]
        }
        resolve = dict.fromkeys(sorted(clashing), side) if side else {}
        answer = self.people[who].post(f"{draft.place}/rebase", {"resolve": resolve})
        fits = draft.base == self.head or not clashing or side is not None
        if not self.done(answer, *((200,) if fits else (409, "rebase-conflict")), draft=draft):
            if draft.state == "open":
                told = {each["path"] for each in answer.get_json()["conflicts"]}
                assert told == clashing
            return
        if resolve:
            draft.authors.add(who)
        for cell, mine in draft.cells.items():
            given_up = side == "theirs" and cell[0] in clashing
            if given_up or mine == base[cell]:
                draft.cells[cell] = theirs[cell]
        draft.base = self.head

    @rule(draft=consumes(drafts), who=PEOPLE)
    def discard(self, draft: Draft, who: str) -> None:
        if self.done(self.people[who].delete(draft.place), 204, draft=draft):
            draft.state = "discarded"

    @rule(target=drafts, draft=consumes(drafts))
    def look(self, draft: Draft) -> Any:  # noqa: ANN401 -- what the bundle takes
        """Read a draft: it says what the model says, and the public sees none of it."""
        ann = self.people["ann"]
        shown = ann.get(draft.place).get_json()
        assert (shown["state"], shown["base_release"]) == (draft.state, draft.base)
        assert set(shown["authors"]) == draft.authors
        assert shown["review"] == draft.standing
        assert cells_of(ann, draft.place) == draft.cells
        return multiple(draft)

    @invariant()
    def the_history_has_no_gap(self) -> None:
        ann = self.people["ann"]
        newest = ann.get("/releases?limit=1").get_json()["items"][0]["release"]
        versions = ann.get("/sites/shop/policies/privacy/versions?limit=100").get_json()["items"]
        numbers = [version["version"] for version in versions]
        assert newest == self.head
        assert numbers == list(range(numbers[0], numbers[0] - len(numbers), -1))

    @invariant()
    def every_act_is_in_the_log_once(self) -> None:
        assert acts(self.people["ann"]) == self.acts


def cells_of(person: Person, place: str) -> Cells:
    entries = {path: person.get(f"{place}/entries/{path}").get_json() for path, _ in WORDS}
    return {(path, name): entries[path].get(name) for path, name in WORDS}


def acts(person: Person) -> int:
    newest: int = person.get("/audit?limit=1").get_json()["items"][0]["sequence"]
    return newest


def people(someone: Someone) -> Iterator[tuple[str, Person]]:
    for name in ("ann", "ben"):
        yield name, someone("*:*", holder=name)


def test_every_story_of_drafts_goes_as_the_model_says(someone: Someone) -> None:
    cast = dict(people(someone))

    class OfThem(Story):
        def __init__(self) -> None:
            super().__init__(cast)

    run_state_machine_as_test(
        OfThem,
        settings=settings(
            max_examples=STORIES,
            stateful_step_count=ACTS,
            deadline=None,
            verbosity=Verbosity.quiet,
            suppress_health_check=list(HealthCheck),
        ),
    )
