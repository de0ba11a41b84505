-- Messages leave the outbox in the transaction that passes them on: nothing of it is leased or marked any more, and the
-- primary key is the order in which they are taken.
drop index outbox_waiting;
drop index outbox_done;
alter table outbox drop column leased_until;
alter table outbox drop column attempts;
alter table outbox drop column done_at;
