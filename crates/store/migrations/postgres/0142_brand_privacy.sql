-- What a brand says about personal data when somebody joins, and how late a till may tell of a sale.
alter table brand add column privacy text;
alter table tenant add column late_sale_days bigint;

-- Which text somebody had before them when they joined, and when.
-- owner: sessions
create table privacy_acceptance (
    tenant bigint not null,
    member bigint not null,
    brand bigint not null,
    text_version text not null,
    accepted_at bigint not null,
    primary key (tenant, member, brand, text_version)
);
