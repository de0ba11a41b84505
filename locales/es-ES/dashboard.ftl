# El resumen de un cliente.
dashboard-as-of = A { $at }
dashboard-members = Socios
dashboard-new = { $number } nuevos este mes
dashboard-active = Con algún movimiento
dashboard-this-month = este mes
dashboard-open = Sin canjear: { $name }
dashboard-worth = { $money } de pasivo
dashboard-joined = Altas
dashboard-issued = Emitidos: { $name }
dashboard-redeemed = Canjeados: { $name }
dashboard-expired = Caducados: { $name }
dashboard-summary = { $last } en { $month }, hasta hoy
dashboard-nothing = Nada en los últimos doce meses
dashboard-month = Mes
dashboard-amount = Cantidad
dashboard-table = Ver la tabla
