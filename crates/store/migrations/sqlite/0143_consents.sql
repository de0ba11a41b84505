-- What members agreed to and refused, by purpose and channel: how it stands, and every time that it changed.
-- owner: consents
create table consent (
    tenant integer not null,
    member integer not null,
    purpose text not null,
    channel text not null,
    -- 1 is given, 0 is refused or withdrawn.
    given integer not null,
    -- What was read when it was given: the beginning of the text's hash, and its language.
    text_hash text not null,
    locale text not null,
    at integer not null,
    -- Who did it: the member, or somebody in his or her name.
    actor text not null,
    primary key (tenant, member, purpose, channel)
) strict, without rowid;

-- owner: consents
create table consent_change (
    tenant integer not null,
    member integer not null,
    change integer not null,
    purpose text not null,
    channel text not null,
    given integer not null,
    text_hash text not null,
    locale text not null,
    at integer not null,
    actor text not null,
    primary key (tenant, member, change)
) strict, without rowid;

-- Members who changed how they are reached: until then they redeem nothing, so that who took over an account wins time for
-- its owner and not for himself or herself.
-- owner: members
create table member_cool_down (
    tenant integer not null,
    member integer not null,
    until integer not null,
    primary key (tenant, member)
) strict, without rowid;
