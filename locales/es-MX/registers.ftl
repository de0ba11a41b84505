# Solo lo que en México se dice de otra manera.
registers-field-yearly-cost = Costo al año
registers-field-cost = Costo
registers-choice-maximum-campaign-cost = Costo máximo por campaña
registers-field-expiry-months = Vencimiento (meses)
registers-choice-expiry = Vencimiento
registers-choice-average-order = Ticket promedio
