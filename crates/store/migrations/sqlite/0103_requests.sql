-- Requests: a question, a concern, a wish about a client's program, with its clock.
-- owner: requests
create table request (
    tenant integer not null,
    request integer not null,
    kind text not null,
    title text not null,
    body text not null,
    figure text,
    state text not null,
    priority text not null,
    asked_by text not null,
    owner text,
    opened_at integer not null,
    answer_due integer not null,
    answered_at integer,
    resolve_due integer not null,
    resolved_at integer,
    escalated_at integer,
    program integer,
    version integer,
    impact text,
    result text,
    primary key (tenant, request)
) strict, without rowid;
create index request_due on request (tenant, state, answer_due);

-- What was said on a request.
-- owner: requests
create table request_message (
    tenant integer not null,
    request integer not null,
    message integer not null,
    author text not null,
    at integer not null,
    body text not null,
    primary key (tenant, request, message)
) strict, without rowid;

-- Which functions a change concerns, and what each said.
-- owner: requests
create table request_approval (
    tenant integer not null,
    request integer not null,
    function text not null,
    verdict text,
    note text not null,
    decided_by text,
    decided_at integer,
    primary key (tenant, request, function)
) strict, without rowid;
