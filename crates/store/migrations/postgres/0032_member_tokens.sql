-- Short-lived tokens with which a member asks for his or her own. Kept as hashes.
-- owner: member_tokens
create table member_token (
    hash bytea not null primary key,
    tenant bigint not null,
    member bigint not null,
    account bigint not null,
    issued_by text not null,
    created_at bigint not null,
    expires_at bigint not null
);
create index member_token_member on member_token (tenant, member);
create index member_token_expiry on member_token (expires_at);
