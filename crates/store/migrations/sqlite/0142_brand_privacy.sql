-- What a brand says about personal data when somebody joins, and how late a till may tell of a sale.
alter table brand add column privacy text;
alter table tenant add column late_sale_days integer;

-- Which text somebody had before them when they joined, and when.
-- owner: sessions
create table privacy_acceptance (
    tenant integer not null,
    member integer not null,
    brand integer not null,
    text_version text not null,
    accepted_at integer not null,
    primary key (tenant, member, brand, text_version)
) strict, without rowid;
