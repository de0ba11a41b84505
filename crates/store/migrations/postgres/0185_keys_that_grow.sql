-- New rows of the journal go to the end of their bucket's keys, not to a place of their own somewhere in the middle, and
-- there are fewer keys: a purchase then touches fewer pages.
-- A purchase's name is kept once by its claim; the names of all other kinds are kept once by the journal itself.
-- The lots of an account stand together under their key, open ones and closed ones.
-- owner: store/ledger
alter table event drop constraint event_pkey;
alter table event drop constraint event_bucket_tenant_account_source_source_ref_kind_key;
drop index event_order;
alter table event add primary key (bucket, event);
create index event_account on event (bucket, tenant, account, event);
create unique index event_named on event (bucket, tenant, account, source, source_ref, kind) where kind <> 1;
drop index lot_open;
-- What keeps a purchase from counting twice is only ever added to, as the journal is.
revoke update, delete, truncate on claim from current_user;
