-- Why a member of a wave is not posted, or not all of it: the stable code of the refusal.
alter table integration_member add column reason text;
