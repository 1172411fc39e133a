"""Any steps by anybody under any route: a model in plain Python says what may come of each."""

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from antq.accounts.roles import Role
from antq.review import returns
from antq.review.choices import Duty, ReturnKind, ReturnStep
from antq.review.models import ReturnedItem, ReviewEvent, Route
from antq.review.services import TransitionError
from antq.units.choices import Level
from antq.units.models import GroupMember
from tests.factories import make_unit, make_user
from tests.review.papers import Paper, make_paper

pytestmark = pytest.mark.django_db

OPEN = {"draft", "returned", "reopened"}
# Written by hand from what the law of the house says, and not read from the program's table.
EDGES = {
    "offer": {(status, status) for status in OPEN},
    "hand_back": {(status, status) for status in OPEN},
    "sign": {(status, "signed") for status in OPEN},
    "unsign": {("signed", status) for status in OPEN},
    "send": {("signed", "submitted")},
    "pass_on": {("submitted", "submitted")},
    "accept": {("submitted", "accepted")},
    "return": {("submitted", "returned")},
    "reopen": {("accepted", "reopened")},
    "void": {(status, "voided") for status in OPEN},
}
NEEDS_REASON = {"hand_back", "return", "reopen", "void"}
PREPARING = {"write", "offer", "void"}
SIGNING = {"hand_back", "sign", "unsign", "send", "void"}
COMMITTEE = {"pass_on", "return"}
MAY = {  # whatever the state and the route
    "officer": PREPARING,
    "leader": PREPARING | SIGNING,
    "commune_committee": COMMITTEE,
    "group_committee": COMMITTEE,
    "staff": PREPARING | SIGNING | set(EDGES),
    "viewer": set(),
    "stranger": set(),
}
EVERYBODY = sorted(MAY)
REVIEWS = {ReturnStep.PASS_ON, ReturnStep.ACCEPT, ReturnStep.RETURN}

committee_steps = st.lists(
    st.tuples(
        st.sampled_from([Level.COMMUNE, Level.GROUP, Level.DISTRICT]), st.booleans(), st.booleans()
    ),
    max_size=3,
)
LINES = [{}, {}, {"a": "Sai"}, {"a": "Sai", "c": "Thiếu"}, {"a": "Sai", "z": "Sai"}]


@pytest.fixture
def people():
    province = make_unit(Level.PROVINCE)
    commune = make_unit(parent=province)
    cluster = make_unit(Level.GROUP, parent=province)
    GroupMember.objects.create(group=cluster, unit=commune)
    return commune, {
        "officer": make_user(Role.COMMUNE_OFFICER, commune),
        "leader": make_user(Role.COMMUNE_LEADER, commune),
        "commune_committee": make_user(Role.COMMITTEE, commune),
        "group_committee": make_user(Role.COMMITTEE, cluster),
        "staff": make_user(Role.PROVINCE_STAFF, province),
        "viewer": make_user(Role.VIEWER, province),
        "stranger": make_user(Role.PROVINCE_STAFF, make_unit(Level.PROVINCE)),
    }


def make_route(province, committees):
    """The province's own route; the one of all is beside it, and is not used."""
    route = Route.objects.create(kind=ReturnKind.UNIT_REPORT, level=Level.COMMUNE, owner=province)
    rows = [
        (Duty.PREPARE, "RECORD_EDIT", Level.COMMUNE, True, True),
        (Duty.SIGN, "RECORD_CONFIRM", Level.COMMUNE, True, True),
        *((Duty.REVIEW, "COMMITTEE_REVIEW", *values) for values in committees),
        (Duty.REVIEW, "RETURN_REVIEW", Level.PROVINCE, True, True),
    ]
    for order, (duty, permission, level, is_required, is_on) in enumerate(rows, start=1):
        route.steps.create(
            order=order,
            duty=duty,
            permission=permission,
            level=level,
            is_required=is_required,
            is_on=is_on,
        )
    return route


def trail_of(paper):
    return list(ReviewEvent.objects.about(paper).values())


def state_of(paper):
    """Everything stored about it."""
    row = Paper.objects.filter(pk=paper.pk).values().get()
    return row, trail_of(paper), list(ReturnedItem.objects.about(paper).order_by("pk").values())


@settings(
    max_examples=50,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(committees=committee_steps, chance=st.randoms(use_true_random=True))
def test_no_sequence_reaches_what_must_not_be(people, committees, chance):
    commune, users = people
    with transaction.atomic():
        route = make_route(commune.parent, committees)
        walk = Walk(make_paper(commune), route, users, chance)
        for _ in range(chance.randint(5, 25)):
            walk.take()
        transaction.set_rollback(True)


class Walk:
    def __init__(self, paper, route, users, chance):
        self.paper, self.route, self.users, self.chance = paper, route, users, chance
        self.passed = None  # the steps that were passed since it was sent; None: route changed

    def take(self):
        pick = self.chance.choice
        self.turn_aside(pick([""] * 12 + ["lock", "switch"]))
        self.paper.refresh_from_db()
        before = state_of(self.paper)
        who, what = self.act()
        reason, lines, off = pick(["Lý do", "Lý do", ""]), pick(LINES), pick([0] * 8 + [-1, 1])
        user = self.users[who]
        offered = returns.steps_for(self.paper, user)
        try:
            self.carry_out(what, user, self.paper.version + off, reason, lines)
        except TransitionError as refusal:
            assert state_of(self.paper) == before, "something is left of a step that was refused"
            assert str(refusal)
            self.check_refusal(what, offered, reason, lines, off)
            return
        self.check_done(who, what, before, offered, reason, lines, off)
        self.check_lists()

    def act(self):
        """Mostly what somebody may do just then, so that it gets somewhere; else anything."""
        every = [(who, what) for who in EVERYBODY for what in ["write", *EDGES]]
        likely = [
            (who, step.value)
            for who in self.chance.sample(EVERYBODY, 3)
            for step in returns.steps_for(self.paper, self.users[who])
            if step not in (ReturnStep.VOID, ReturnStep.UNSIGN)
        ]
        if self.paper.status in OPEN:
            likely += [("officer", "write")] * 4 + [("leader", "sign")] * 4
        if self.chance.random() < 0.2 or not likely:
            return self.chance.choice(every)
        return self.chance.choice(likely)

    def turn_aside(self, aside):
        if aside == "switch":
            self.passed = None
            for step in self.route.steps.filter(permission="COMMITTEE_REVIEW")[:1]:
                step.is_on = not step.is_on
                step.save()
        # Locked for one act, and then open again.
        Paper.objects.filter(pk=self.paper.pk).update(is_locked=aside == "lock")

    def carry_out(self, what, user, version, reason, lines):
        if what != "write":
            returns.move_to(
                self.paper,
                ReturnStep(what),
                by=user,
                version=version,
                reason=reason,
                lines=lines if what in ("return", "reopen") else None,
            )
            return
        keys = set(lines) or {"b"}
        with returns.writing(self.paper, by=user, version=version, keys=keys) as fresh:
            for key in keys:
                fresh.values[key] = fresh.version
            fresh.save(update_fields=["values"])

    def check_refusal(self, what, offered, reason, lines, off):
        """What a page offers is not refused, but for a version, a reason, or a line."""
        if what == "write" or off or "z" in lines:
            return
        if what in NEEDS_REASON and not (reason or (what in ("return", "reopen") and lines)):
            return
        assert what not in offered

    def check_done(self, who, what, before, offered, reason, lines, off):
        (old, old_trail, _), (new, trail, items) = before, state_of(self.paper)
        assert not off, "somebody changed it meanwhile"
        assert not old["is_locked"], "the period is locked"
        assert what in MAY[who]
        assert new["version"] == old["version"] + 1
        assert trail[: len(old_trail)] == old_trail, "a line of the trail is lost"
        if what == "write":
            self.check_written(old, new, before[2])
            return
        assert what in offered
        assert new["values"] == old["values"], "a step changes no figure"
        assert (old["status"], new["status"]) in EDGES[what]
        assert len(trail) == len(old_trail) + 1
        line = trail[-1]
        said = (line["action"], line["old_status"], line["new_status"], line["by_id"])
        label = ReturnStep(what).label
        assert said == (label, old["status"], new["status"], self.users[who].pk)
        if what in NEEDS_REASON:
            assert line["reason"]
        self.check_way(who, what, old)
        self.check_lines(what, new, items, lines, line)

    def check_written(self, old, new, items):
        assert old["status"] in OPEN
        assert new["status"] == old["status"]
        changed = {key for key in new["values"] if new["values"][key] != old["values"].get(key)}
        if not old["is_wholly_open"]:
            assert changed <= {item["key"] for item in items if item["answered_id"] is None}

    def check_way(self, who, what, old):
        """A committee reviews only where a step says so, and a required one is not passed over."""
        live = [
            step
            for step in self.route.steps.filter(duty=Duty.REVIEW, is_on=True)
            if step.level != Level.DISTRICT  # the commune has none above it
        ]
        if what in COMMITTEE and who.endswith("committee"):
            assert [step for step in live if step.permission == "COMMITTEE_REVIEW"]
        if what == "send":
            self.passed = []
        elif what == "pass_on" and self.passed is not None:
            self.passed.append(old["waits_for_id"])
        elif what == "accept" and self.passed is not None:
            assert len(self.passed) >= sum(step.is_required for step in live[:-1])

    def check_lines(self, what, new, items, lines, line):
        waiting = {item["key"]: item for item in items if item["answered_id"] is None}
        if what in ("return", "reopen"):
            assert {key: item["reason"] for key, item in waiting.items()} == lines
            assert new["is_wholly_open"] == (not lines)
            for key, item in waiting.items():
                assert item["old_value"] == new["values"][key]
        if what == "send":
            assert not waiting
            assert {key: sent[2] for key, sent in line["sent_lines"].items()} == new["values"]

    def check_lists(self):
        """A list of what waits for somebody holds just what they are offered."""
        self.paper.refresh_from_db()
        if self.paper.is_locked or self.paper.status != "submitted":
            return
        for user in self.users.values():
            offered = REVIEWS.intersection(returns.steps_for(self.paper, user))
            listed = Paper.objects.waiting_for(user).filter(pk=self.paper.pk).exists()
            assert listed == bool(offered)
