-- Codes are counted by address, too, so that nobody fills a stranger's mailbox with them.
create index sign_in_attempt_email on sign_in_attempt (tenant, email, created_at);
