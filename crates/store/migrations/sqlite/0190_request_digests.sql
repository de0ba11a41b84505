-- The word of a function names what it was spoken on: SHA-256 of version and impact.
alter table request_approval add column digest text;
