# Solo lo que en México se dice de otra manera.
measures-expired = Vencidos
measures-k9 = Ticket promedio
measures-k9b = Ticket promedio de los socios
measures-k17 = Vencimiento esperado («breakage»)
measures-k17b = Vencimiento hasta hoy
measures-k22 = Costo por punto emitido
measures-k23 = Costo por punto canjeado
measures-k36 = Costo por alta
measures-k36b = Costo por alta activa a los 90 días
measures-k59b = Costo de los abonos a empresas
measures-d2-cause = Pocas altas en algunas tiendas: los asociados necesitan capacitación.
