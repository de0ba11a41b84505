-- Which account a redemption is on: its id alone does not tell. Written before the ledger is asked.
-- owner: redemptions
create table redemption_account (
    tenant integer not null,
    redemption integer not null,
    member integer not null,
    account integer not null,
    created_at integer not null,
    primary key (tenant, redemption)
) strict;

-- Codes that a till accepts once.
-- owner: vouchers
create table voucher (
    tenant integer not null,
    code text not null,
    redemption integer not null,
    place integer not null,
    account integer not null,
    reward text not null,
    value_minor integer,
    currency text not null,
    issued_at integer not null,
    valid_until integer,
    state text not null,
    used_at integer,
    used_reference text,
    primary key (tenant, code),
    unique (tenant, redemption, place)
) strict;
