-- Under which approved run a wave was posted, and who signed its report in which role, as JSON.
alter table integration_wave add column run_hash text not null default '';
alter table integration_wave add column signatures text not null default '[]';
