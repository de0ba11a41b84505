-- The idempotency key that an adjustment was asked for under, for ever: it has no other name that a repetition could know.
-- Alone: the word of whoever asked is enough.
-- owner: adjustments
alter table adjustment add column request_key text;
alter table adjustment add column alone integer;
create unique index adjustment_request on adjustment (tenant, request_key) where request_key is not null;
