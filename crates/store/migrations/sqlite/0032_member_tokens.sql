-- Short-lived tokens with which a member asks for his or her own. Kept as hashes.
-- owner: member_tokens
create table member_token (
    hash blob not null primary key,
    tenant integer not null,
    member integer not null,
    account integer not null,
    issued_by text not null,
    created_at integer not null,
    expires_at integer not null
) strict, without rowid;
create index member_token_member on member_token (tenant, member);
create index member_token_expiry on member_token (expires_at);
