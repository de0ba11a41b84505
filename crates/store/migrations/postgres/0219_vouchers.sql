-- Codes that wait to be handed over, by reward, the oldest first.
-- owner: vouchers
create index voucher_waiting on voucher (tenant, reward, issued_at) where state = 'issued';
