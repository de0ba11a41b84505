-- Campaigns on paper: the reward whose code is printed, one letter for each address, and each letter's place in the run.
-- owner: campaigns
alter table campaign add column reward text not null default '';
alter table campaign add column per_address bigint not null default 0;
alter table campaign_member add column code text;
-- The page in the run, once all letters are laid; by postal code and street.
alter table campaign_member add column place bigint;
alter table campaign_member add column sort text;
alter table campaign_member add column address_hash bytea;
create index campaign_member_place on campaign_member (tenant, campaign, place) where place is not null;
create index campaign_member_address on campaign_member (tenant, address_hash) where address_hash is not null;
create index campaign_member_code on campaign_member (tenant, code) where code is not null;
