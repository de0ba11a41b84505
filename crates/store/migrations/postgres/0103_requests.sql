-- Requests: a question, a concern, a wish about a client's program, with its clock.
-- owner: requests
create table request (
    tenant bigint not null,
    request bigint not null,
    kind text not null,
    title text not null,
    body text not null,
    figure text,
    state text not null,
    priority text not null,
    asked_by text not null,
    owner text,
    opened_at bigint not null,
    answer_due bigint not null,
    answered_at bigint,
    resolve_due bigint not null,
    resolved_at bigint,
    escalated_at bigint,
    program bigint,
    version bigint,
    impact text,
    result text,
    primary key (tenant, request)
);
create index request_due on request (tenant, state, answer_due);

-- What was said on a request.
-- owner: requests
create table request_message (
    tenant bigint not null,
    request bigint not null,
    message bigint not null,
    author text not null,
    at bigint not null,
    body text not null,
    primary key (tenant, request, message)
);

-- Which functions a change concerns, and what each said.
-- owner: requests
create table request_approval (
    tenant bigint not null,
    request bigint not null,
    function text not null,
    verdict text,
    note text not null,
    decided_by text,
    decided_at bigint,
    primary key (tenant, request, function)
);
