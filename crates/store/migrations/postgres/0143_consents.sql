-- What members agreed to and refused, by purpose and channel: how it stands, and every time that it changed.
-- owner: consents
create table consent (
    tenant bigint not null,
    member bigint not null,
    purpose text not null,
    channel text not null,
    -- 1 is given, 0 is refused or withdrawn.
    given bigint not null,
    -- What was read when it was given: the beginning of the text's hash, and its language.
    text_hash text not null,
    locale text not null,
    at bigint not null,
    -- Who did it: the member, or somebody in his or her name.
    actor text not null,
    primary key (tenant, member, purpose, channel)
);

-- owner: consents
create table consent_change (
    tenant bigint not null,
    member bigint not null,
    change bigint not null,
    purpose text not null,
    channel text not null,
    given bigint not null,
    text_hash text not null,
    locale text not null,
    at bigint not null,
    actor text not null,
    primary key (tenant, member, change)
);

-- Members who changed how they are reached: until then they redeem nothing, so that who took over an account wins time for
-- its owner and not for himself or herself.
-- owner: members
create table member_cool_down (
    tenant bigint not null,
    member bigint not null,
    until bigint not null,
    primary key (tenant, member)
);
