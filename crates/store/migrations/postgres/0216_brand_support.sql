-- Where its support is reached, as JSON.
alter table brand add column support text;
