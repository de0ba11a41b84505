# A client at a glance.
dashboard-as-of = As of { $at }
dashboard-members = Members
dashboard-new = { $number } new this month
dashboard-active = With any movement
dashboard-this-month = this month
dashboard-open = Not redeemed: { $name }
dashboard-worth = { $money } of liability
dashboard-joined = Enrollments
dashboard-issued = Issued: { $name }
dashboard-redeemed = Redeemed: { $name }
dashboard-expired = Expired: { $name }
dashboard-summary = { $last } in { $month } so far
dashboard-nothing = Nothing in the last twelve months
dashboard-month = Month
dashboard-amount = Amount
dashboard-table = See the table
