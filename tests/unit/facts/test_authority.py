"""Who may say what, on drawn networks (``spec/authority.md``; the network is drawn in ``tests/authority_drawn.py``)."""

from __future__ import annotations

import pytest

from shanyrak.facts.authority import Authority, AuthorityFact
from tests.authority_drawn import (
    Seen,
    admitted,
    fact,
    founded,
    h,
    replaced,
    revoked,
    roles,
    says,
    weigh,
    why,
    within,
)

SECOND_ADMIN = admitted("F+B", "F", "B", "admin", 10)


# the roots -----------------------------------------------------------------------------------------------------------
def test_the_founding_key_is_admin_and_headquarters_everywhere() -> None:
    authority = weigh([founded()])
    assert roles(authority, "F") == {"admin", "headquarters"}
    assert authority.headquarters == {h("F")}
    assert authority.recovery == h("paper")
    assert says(authority, "F", "admin", "p1") == ""


def test_nobody_else_may_say_anything() -> None:
    authority = weigh([founded()])
    assert says(authority, "X", "host", "p1") == "this device is not admitted"
    assert authority.fault(h("X"), ("anyone",), h("p1"), 5, None) == ""


def test_without_the_founding_fact_nobody_is_trusted() -> None:
    authority = weigh([SECOND_ADMIN])
    assert why(authority, "F+B") == "this device is not admitted"
    assert authority.recovery == b""


def test_a_founding_fact_of_another_network_founds_nothing_here() -> None:
    other = fact("other", "network.founded", "X", 0, name="Other", recovery=h("X").hex())
    authority = weigh([founded(), other, admitted("X+Y", "X", "Y", "admin", 1)])
    assert roles(authority, "X") == set() and roles(authority, "Y") == set()
    assert why(authority, "other") == "it founds another network"


def test_the_recovery_key_admits_and_revokes_alone_and_says_nothing_else() -> None:
    authority = weigh(
        [founded(), SECOND_ADMIN, admitted("p+C", "paper", "C", "admin", 20), revoked("p-F", "paper", "F", 30)]
    )
    assert roles(authority, "C") == {"admin"}
    assert roles(authority, "F") == set()
    assert says(authority, "paper", "admin") == "this device is not admitted"


def test_the_recovery_key_cannot_be_revoked() -> None:
    authority = weigh([founded(), revoked("F-paper", "F", "paper", 5), admitted("p+C", "paper", "C", "admin", 20)])
    assert why(authority, "F-paper") == "the recovery key cannot be revoked"
    assert roles(authority, "C") == {"admin"}


# admissions ----------------------------------------------------------------------------------------------------------
def test_a_chain_of_admissions_down_to_the_next_host_at_the_door() -> None:
    authority = weigh(
        [
            founded(),
            admitted("F+D", "F", "D", "desk", 1, "north"),
            admitted("D+H", "D", "H", "host", 2, "p1"),
            admitted("H+I", "H", "I", "host", 3, "p1"),
        ]
    )
    assert says(authority, "I", "host", "p1") == ""
    assert says(authority, "I", "host", "p2") == "role host elsewhere, not for this place"
    assert says(authority, "I", "admin", "p1") == "role host cannot say this"


def test_a_scope_in_the_body_goes_before_the_one_it_is_said_in() -> None:
    body = {"key": h("H").hex(), "role": "host", "scope": h("p2").hex()}
    authority = weigh([founded(), admitted("F+H", "F", "H", "host", 1)._replace(body=body)])
    assert says(authority, "H", "host", "p2") == ""
    assert says(authority, "H", "host", "p1") != ""


@pytest.mark.parametrize(
    ("by", "role", "scope", "reason"),
    [
        ("D", "desk", "north", "role desk cannot admit desk"),
        ("D", "host", "p3", "role desk elsewhere, not for this place"),
        ("H", "host", "p2", "role host elsewhere, not for this place"),
        ("H", "driver", "p1", "role host cannot admit driver"),
        ("X", "host", "p1", "this device is not admitted"),
        ("F", "king", "p1", "there is no role king"),
        ("late", "host", "p1", "its admission ended on 1970-01-01"),
    ],
)
def test_who_may_not_admit_whom(by: str, role: str, scope: str, reason: str) -> None:
    facts = [
        founded(),
        admitted("F+D", "F", "D", "desk", 1, "north"),
        admitted("D+H", "D", "H", "host", 2, "p1"),
        admitted("F+late", "F", "late", "desk", 2, "north", until_ms=90),
        admitted("try", by, "N", role, 100, scope),
    ]
    authority = weigh(facts)
    assert why(authority, "try") == reason
    assert authority.roles_of(h("N")) == []


def test_an_admission_covers_what_was_said_before_it_for_clocks_are_wrong() -> None:
    authority = weigh([founded(), admitted("F+H", "F", "H", "host", 1_000_000, "p1")])
    assert says(authority, "H", "host", "p1", eff_ms=3) == ""


def test_until_is_the_last_moment() -> None:
    authority = weigh([founded(), admitted("F+H", "F", "H", "host", 1, "p1", until_ms=86_400_000)])
    assert says(authority, "H", "host", "p1", eff_ms=86_400_000) == ""
    assert says(authority, "H", "host", "p1", eff_ms=86_400_001) == "its admission ended on 1970-01-02"


def test_a_circle_of_strangers_admits_nobody() -> None:
    authority = weigh([founded(), admitted("X+Y", "X", "Y", "admin", 1), admitted("Y+X", "Y", "X", "admin", 1)])
    assert roles(authority, "X") == roles(authority, "Y") == set()


# two admins ----------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("role", ["admin", "headquarters"])
def test_once_two_admins_exist_a_third_needs_both(role: str) -> None:
    one = [founded(), SECOND_ADMIN, admitted("F+C", "F", "C", role, 20)]
    authority = weigh(one)
    assert roles(authority, "B") == {"admin"}
    assert roles(authority, "C") == set()
    assert why(authority, "F+C") == "a second admin must say the same"
    assert roles(weigh([*one, admitted("B+C", "B", "C", role, 30)]), "C") == {role}


def test_the_same_admin_twice_is_one_admin() -> None:
    authority = weigh(
        [founded(), SECOND_ADMIN, admitted("F+C", "F", "C", "admin", 20), admitted("F+C2", "F", "C", "admin", 21)]
    )
    assert roles(authority, "C") == set()


def test_two_must_mean_the_same_role_and_place() -> None:
    facts = [founded(), SECOND_ADMIN, admitted("F+C", "F", "C", "admin", 20, "north")]
    assert roles(weigh([*facts, admitted("B+C", "B", "C", "headquarters", 30, "north")]), "C") == set()
    assert roles(weigh([*facts, admitted("B+C", "B", "C", "admin", 30, "south")]), "C") == set()


def test_other_roles_need_one_admin_however_many_there_are() -> None:
    assert roles(weigh([founded(), SECOND_ADMIN, admitted("F+D", "F", "D", "desk", 20)]), "D") == {"desk"}


def test_a_single_admin_that_is_left_decides_alone() -> None:
    facts = [founded(), SECOND_ADMIN, revoked("B-F", "B", "F", 20), admitted("B+C", "B", "C", "admin", 30)]
    assert roles(weigh(facts), "C") == {"admin"}


def test_a_backdated_third_stands_only_until_the_stolen_device_and_it_are_revoked() -> None:
    thief = admitted("F+C", "F", "C", "admin", 5)
    authority = weigh([founded(), SECOND_ADMIN, thief])
    assert (roles(authority, "B"), roles(authority, "C")) == (set(), {"admin"})
    authority = weigh([founded(), SECOND_ADMIN, thief, revoked("p-C", "paper", "C", 50)])
    assert (roles(authority, "B"), roles(authority, "C")) == ({"admin"}, set())


# revoking ------------------------------------------------------------------------------------------------------------
def people() -> list[AuthorityFact]:
    return [
        founded(),
        admitted("F+D", "F", "D", "desk", 1, "north"),
        admitted("D+H", "D", "H", "host", 2, "p1"),
        admitted("H+I", "H", "I", "host", 3, "p1"),
        admitted("D+G", "D", "G", "host", 3, "p1"),
        admitted("F+S", "F", "S", "host", 3, "p3"),
    ]


@pytest.mark.parametrize(
    ("by", "key", "works"),
    [
        ("F", "D", True),  # an admin: everybody
        ("D", "I", True),  # the desk: whom it may admit, whoever admitted them
        ("D", "S", False),  # not in the south
        ("D", "F", False),
        ("H", "I", True),  # a host: whom it admitted itself
        ("H", "G", False),
        ("I", "H", False),
        ("G", "G", True),  # everybody: their own key
        ("X", "H", False),
        ("paper", "F", True),
    ],
)
def test_who_may_revoke_whom(by: str, key: str, works: bool) -> None:
    before = weigh(people())
    authority = weigh([*people(), revoked("r", by, key, 100)])
    assert (roles(authority, key) == set()) is works
    assert (why(authority, "r") == "") is works
    assert roles(before, key) != set()


def test_a_revoked_key_counts_only_for_what_was_witnessed_before() -> None:
    authority = weigh([*people(), revoked("F-H", "F", "H", 86_400_000)])
    assert says(authority, "H", "host", "p1", receipt_ms=86_399_999) == ""
    assert says(authority, "H", "host", "p1", receipt_ms=86_400_000) == "revoked on 1970-01-02"
    assert says(authority, "H", "host", "p1", receipt_ms=None) == "revoked on 1970-01-02"
    assert authority.revoked(h("H")) and not authority.revoked(h("D"))


def test_revoked_twice_is_revoked_at_the_earlier_time() -> None:
    authority = weigh([*people(), revoked("r2", "F", "H", 200), revoked("r1", "D", "H", 100)])
    assert [one.revoked_ms for one in authority.roles_of(h("H"))] == [100]


def test_a_revocation_dated_ahead_begins_when_headquarters_had_it() -> None:
    far = 400 * 86_400_000
    seen = Seen()
    seen.add("D-H", "F", 1_000)
    authority = weigh([*people(), revoked("D-H", "D", "H", far)], seen)
    assert [one.revoked_ms for one in authority.roles_of(h("H"))] == [1_000]


def test_admissions_by_somebody_revoked_fall_unless_witnessed_before() -> None:
    facts = [*people(), revoked("F-D", "F", "D", 100)]
    authority = weigh(facts)
    assert roles(authority, "H") == roles(authority, "I") == set()
    assert why(authority, "D+H") == "revoked on 1970-01-01"
    assert why(authority, "H+I") == "this device is not admitted"
    seen = Seen()
    seen.add("D+H", "F", 99)
    authority = weigh(facts, seen)
    assert roles(authority, "H") == roles(authority, "I") == {"host"}
    assert roles(authority, "G") == set()
    seen = Seen()
    seen.add("D+H", "F", 100)  # not before: at the very moment
    assert roles(weigh(facts, seen), "H") == set()


def test_admins_revoking_each_other_are_both_out_and_paper_admits_anew() -> None:
    facts = [founded(), SECOND_ADMIN, revoked("F-B", "F", "B", 100), revoked("B-F", "B", "F", 101)]
    authority = weigh(facts)
    assert roles(authority, "F") == roles(authority, "B") == set()
    assert why(authority, "F-B") == why(authority, "B-F") == ""
    authority = weigh([*facts, admitted("p+B", "paper", "B", "admin", 200, lifts=["F-B"])])
    assert roles(authority, "B") == {"admin"}


def test_a_revocation_after_headquarters_knew_its_signer_was_revoked_counts_no_more() -> None:
    facts = [
        founded(),
        admitted("p+H", "paper", "H", "headquarters", 1),
        SECOND_ADMIN,
        revoked("F-B", "F", "B", 100),
        revoked("B-F", "B", "F", 300),
    ]
    seen = Seen()
    seen.add("F-B", "H", 300)  # known when B spoke, not before: both count
    assert roles(weigh(facts, seen), "F") == set()
    seen = Seen()
    seen.add("F-B", "H", 299)
    authority = weigh(facts, seen)
    assert "admin" in roles(authority, "F")
    assert why(authority, "B-F") == "this device may not revoke that key"


def test_who_revokes_the_one_that_admitted_them_stays() -> None:
    authority = weigh([founded(), SECOND_ADMIN, revoked("B-F", "B", "F", 20), admitted("F+D", "F", "D", "desk", 11)])
    assert roles(authority, "F") == roles(authority, "D") == set()
    assert roles(authority, "B") == {"admin"}


def test_in_a_knot_the_revocation_counts_and_the_admission_does_not() -> None:
    # C came by F and B, and revokes F. So B falls, whom F admitted; and with B one of the two that C rests on.
    facts = [
        founded(),
        SECOND_ADMIN,
        admitted("B+D", "B", "D", "desk", 20),
        revoked("C-F", "C", "F", 30),
        admitted("F+C", "F", "C", "admin", 20),
        admitted("B+C", "B", "C", "admin", 21),
    ]
    authority = weigh(facts)
    assert roles(authority, "F") == set()
    assert roles(authority, "B") == roles(authority, "D") == set()


def test_what_paper_gave_a_revoked_device_cannot_end() -> None:
    facts = [
        founded(),
        SECOND_ADMIN,
        revoked("p-B", "paper", "B", 100),
        admitted("p+C", "paper", "C", "admin", 110),
        revoked("B-C", "B", "C", 1),  # with a false date, years before its own revocation
    ]
    authority = weigh(facts)
    assert roles(authority, "C") == {"admin"}
    assert roles(weigh([*facts, revoked("F-C", "F", "C", 120)]), "C") == set()  # an admin in good standing can


# trusting again ------------------------------------------------------------------------------------------------------
def test_admitted_again_only_by_naming_the_revocation() -> None:
    facts = [founded(), admitted("F+H", "F", "H", "host", 1, "p1"), revoked("F-H", "F", "H", 100)]
    authority = weigh([*facts, admitted("again", "F", "H", "host", 200, "p1")])
    assert roles(authority, "H") == set()
    assert why(authority, "again") == (
        "the key was revoked on 1970-01-01; to trust it again, name that revocation in 'lifts'"
    )
    authority = weigh([*facts, admitted("again", "F", "H", "host", 200, "p1", lifts=["F-H"])])
    assert roles(authority, "H") == {"host"}
    assert says(authority, "H", "host", "p1", receipt_ms=None) == ""  # waiting facts count again


def test_a_clock_far_back_revokes_all_the_same() -> None:
    facts = [founded(1_000_000), admitted("F+H", "F", "H", "host", 2_000_000, "p1"), revoked("F-H", "F", "H", 7)]
    assert roles(weigh(facts), "H") == set()


def test_older_roles_do_not_come_back_with_a_new_one() -> None:
    facts = [
        founded(),
        SECOND_ADMIN,
        revoked("F-B", "F", "B", 100),
        admitted("again", "F", "B", "driver", 200, lifts=["F-B"]),
    ]
    assert roles(weigh(facts), "B") == {"driver"}


def test_a_host_cannot_lift_what_an_admin_said() -> None:
    facts = [*people(), revoked("F-I", "F", "I", 100), admitted("again", "H", "I", "host", 200, "p1", lifts=["F-I"])]
    authority = weigh(facts)
    assert roles(authority, "I") == set()


def test_who_revoked_may_lift_it() -> None:
    facts = [*people(), revoked("H-I", "H", "I", 100), admitted("again", "H", "I", "host", 200, "p1", lifts=["H-I"])]
    authority = weigh(facts)
    assert roles(authority, "I") == {"host"}


def test_only_paper_lifts_what_paper_said() -> None:
    facts = [founded(), admitted("F+H", "F", "H", "host", 1, "p1"), revoked("p-H", "paper", "H", 100)]
    by_admin = admitted("again", "F", "H", "host", 200, "p1", lifts=["p-H"])
    assert roles(weigh([*facts, by_admin]), "H") == set()
    by_paper = admitted("again", "paper", "H", "host", 200, "p1", lifts=["p-H"])
    assert roles(weigh([*facts, by_paper]), "H") == {"host"}


# replacing -----------------------------------------------------------------------------------------------------------
def test_a_new_phone_takes_the_roles_of_the_old() -> None:
    authority = weigh([*people(), replaced("D:H>N", "D", "H", "N", 100)])
    assert roles(authority, "H") == set()
    assert roles(authority, "N") == {"host"}
    assert says(authority, "N", "host", "p1") == ""
    assert roles(authority, "I") == set()  # admitted by H, and nobody had witnessed it
    again = weigh([*people(), replaced("D:H>N", "D", "H", "N", 100), replaced("D:N>O", "D", "N", "O", 101)])
    assert (roles(again, "N"), roles(again, "O")) == (set(), {"host"})


def test_admitting_with_replaces_takes_from_the_old() -> None:
    authority = weigh([*people(), admitted("D+N", "D", "N", "host", 100, "p1", replaces="H")])
    assert (roles(authority, "H"), roles(authority, "N")) == (set(), {"host"})


def test_what_gives_nothing_takes_nothing() -> None:
    facts = [
        *people(),
        admitted("X+N", "X", "N", "host", 100, "p1", replaces="H"),
        replaced("I:H>N", "I", "S", "N", 100),
    ]
    authority = weigh(facts)
    assert roles(authority, "H") == roles(authority, "S") == {"host"}
    assert roles(authority, "N") == set()


def test_replacing_an_admin_needs_two_and_until_then_nothing_is_taken() -> None:
    facts = [founded(), SECOND_ADMIN, admitted("F+C", "F", "C", "admin", 20), admitted("B+C", "B", "C", "admin", 20)]
    one = [*facts, replaced("F:B>N", "F", "B", "N", 30)]
    assert (roles(weigh(one), "B"), roles(weigh(one), "N")) == ({"admin"}, set())
    seen = Seen()
    seen.add("B+C", "F", 25)  # what B gave before counts on
    two = weigh([*one, replaced("C:B>N", "C", "B", "N", 31)], seen)
    assert (roles(two, "B"), roles(two, "N")) == (set(), {"admin"})


def test_a_key_nobody_knows_cannot_be_replaced() -> None:
    authority = weigh([founded(), replaced("F:X>N", "F", "X", "N", 5)])
    assert why(authority, "F:X>N") == "the key it replaces holds no role here"


# receipts ------------------------------------------------------------------------------------------------------------
def test_receipts_of_strangers_are_not_heeded() -> None:
    seen = Seen()
    seen.add("D+H", "X", 50)
    facts = [*people(), revoked("F-D", "F", "D", 100)]
    assert roles(weigh(facts, seen), "H") == set()


def test_a_headquarters_of_the_south_does_not_witness_the_north() -> None:
    seen = Seen()
    seen.add("D+H", "Q", 50, "p1")
    facts = [*people(), revoked("F-D", "F", "D", 100)]
    south = admitted("F+Q", "F", "Q", "headquarters", 1, "south")
    north = admitted("F+Q", "F", "Q", "headquarters", 1, "north")
    assert roles(weigh([*facts, south], seen), "H") == set()
    assert roles(weigh([*facts, north], seen), "H") == {"host"}


def test_a_revoked_headquarters_is_believed_where_another_had_its_receipt_before() -> None:
    facts = [
        *people(),
        admitted("F+Q", "F", "Q", "headquarters", 1),
        revoked("F-D", "F", "D", 100),
        revoked("F-Q", "F", "Q", 200),
    ]
    seen = Seen()
    seen.add("D+H", "Q", 50, "p1", noted="Q's note")
    assert roles(weigh(facts, seen), "H") == set()
    seen.add("Q's note", "F", 199)
    assert roles(weigh(facts, seen), "H") == {"host"}
    late = Seen()
    late.add("D+H", "Q", 50, "p1", noted="Q's note")
    late.add("Q's note", "F", 200)
    assert roles(weigh(facts, late), "H") == set()


def test_a_headquarters_that_only_receipts_bring_in_is_asked_in_its_turn() -> None:
    # B admitted Q and was revoked; F had witnessed that. D was revoked too, and only Q had seen D's word.
    facts = [
        *people(),
        SECOND_ADMIN,
        admitted("F+Q", "F", "Q", "headquarters", 20),
        admitted("B+Q", "B", "Q", "headquarters", 21),
        revoked("F-B", "F", "B", 100),
        revoked("F-D", "F", "D", 100),
    ]
    seen = Seen()
    seen.add("B+Q", "F", 30)
    seen.add("D+H", "Q", 50, "p1")
    authority = weigh(facts, seen)
    assert h("Q") in authority.headquarters
    assert roles(authority, "H") == {"host"}


def test_the_headquarters_gone_restored_on_another_machine_before_the_old_one_is_revoked() -> None:
    facts = [
        *people(),
        admitted("p+N", "paper", "N", "headquarters", 1_000),
        admitted("p+Na", "paper", "N", "admin", 1_000),
        revoked("p-F", "paper", "F", 2_000),
    ]
    assert roles(weigh(facts), "D") == set()
    seen = Seen()
    seen.add("F+D", "N", 1_500)  # N had what the backup held before it revoked the old machine
    authority = weigh(facts, seen)
    assert roles(authority, "D") == {"desk"} and roles(authority, "H") == {"host"}
    assert authority.headquarters == {h("N")}


# the cache, and adding one -------------------------------------------------------------------------------------------
def test_the_cache_says_the_same() -> None:
    authority = weigh([*people(), revoked("F-D", "F", "D", 100), admitted("X+Y", "X", "Y", "host", 1)])
    again = Authority.from_bytes(authority.to_bytes(), within)
    assert again.differs(authority) == frozenset()
    assert again.to_bytes() == authority.to_bytes()
    for key in ("F", "D", "H", "S", "X"):
        assert again.roles_of(h(key)) == authority.roles_of(h(key))


def test_differs_names_the_keys_whose_facts_may_count_otherwise() -> None:
    before = weigh(people())
    after = weigh([*people(), revoked("H-I", "H", "I", 100)])
    assert before.differs(after) == after.differs(before) == {h("I")}
    waiting = weigh([*people(), admitted("X+Y", "X", "Y", "host", 1)])
    assert before.differs(waiting) == {h("X")}  # the signer of a fact that waits


@pytest.mark.parametrize(
    ("new", "taken"),
    [
        (admitted("D+N", "D", "N", "host", 50, "p2"), True),
        (admitted("p+N", "paper", "N", "driver", 50), True),
        (admitted("F+N", "F", "N", "admin", 50), False),  # may need two
        (admitted("S+N", "S", "N", "host", 50, "p1"), False),  # may not: `of` says why
        (admitted("D+N", "D", "N", "host", 50, "p2", replaces="H"), False),
        (admitted("F+H2", "F", "H", "driver", 50), False),  # H admitted somebody, which hangs on H's roles
        (admitted("F+gone", "F", "gone", "host", 50), False),  # revoked before it was admitted here
        (revoked("F-H", "F", "H", 50), False),
    ],
)
def test_adding_one_admission_is_as_weighing_all_or_is_declined(new: AuthorityFact, taken: bool) -> None:
    facts = [*people(), revoked("F-gone", "F", "gone", 5)]
    authority = weigh(facts)
    before = authority.to_bytes()
    assert authority.add(new) is taken
    if taken:
        whole = weigh([*facts, new])
        assert authority.differs(whole) == frozenset()
        assert authority.roles_of(h("N")) == whole.roles_of(h("N"))
        assert authority.add(new)
        assert authority.differs(whole) == frozenset()
    else:
        assert authority.to_bytes() == before


def test_where_places_matter_it_says_so() -> None:
    authority = weigh(people())
    assert authority.depends_on(h("p1"))
    assert not authority.depends_on(h("p2"))
