-- Does anybody listen to the tenant's messages? While nobody does, none are written.
alter table tenant add column heard integer not null default 0;
update tenant set heard = 1 where exists (select 1 from webhook_endpoint w where w.tenant = tenant.tenant);
