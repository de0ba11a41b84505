-- Keys of requests that have run out are found slice by slice of the primary key, not by an index that every request pays.
drop index idempotency_expiry;
