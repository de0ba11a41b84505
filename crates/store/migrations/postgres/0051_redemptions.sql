-- Which account a redemption is on: its id alone does not tell. Written before the ledger is asked.
-- owner: redemptions
create table redemption_account (
    tenant bigint not null,
    redemption bigint not null,
    member bigint not null,
    account bigint not null,
    created_at bigint not null,
    primary key (tenant, redemption)
);

-- Codes that a till accepts once.
-- owner: vouchers
create table voucher (
    tenant bigint not null,
    code text not null,
    redemption bigint not null,
    place bigint not null,
    account bigint not null,
    reward text not null,
    value_minor bigint,
    currency text not null,
    issued_at bigint not null,
    valid_until bigint,
    state text not null,
    used_at bigint,
    used_reference text,
    primary key (tenant, code),
    unique (tenant, redemption, place)
);
