-- The word in a portal's path, and how a brand looks and speaks: a JSON document.
alter table brand add column site text;
alter table brand add column kit text;
create unique index brand_site on brand (site);
