# La mesa de fusiones.
merges-lead = Varios programas se hacen uno, paso a paso y con dos personas en cada decisión que mueve puntos.
merges-none = Todavía no hay fusiones. Prueba antes con dos ficheros: en cinco minutos dice quién está en los dos programas y cuánto vale cada punto.
merges-try = Probar con dos ficheros
merges-walk = Por dónde va
merges-next = Lo siguiente
merges-next-blocked = El simulacro encontró algo que lo impide.
merges-next-own = Este plan es tuyo: lo aprueba otra persona.
merges-next-approve = El plan está listo. Míralo antes de aprobarlo: desde ahí se mueven puntos.
merges-next-advance = Todo lo previsto hasta aquí está hecho.
merges-next-nothing = No queda nada por hacer.
merges-move = Mover a otro estado
merges-plan-show = Ver el plan
merges-wave-show = Ver la oleada
merges-sources = Fuentes
merges-pairs = Parejas por revisar
merges-plan = Simulacro
merges-exceptions = Incidencias
merges-statement = ¿Qué pasó con mis puntos?
merges-plan-none = Todavía no se ha hecho
merges-plan-approved = Aprobado
merges-plan-open = Por aprobar
merges-plan-blocked = No se puede aprobar
merges-statement-one = Carta
merges-statement-small = La que lee cada socio
merges-waves = Oleadas
merges-waiting = Espera a una segunda persona
merges-agree = Dar el visto bueno
merges-reject = Rechazar
merges-second = Lo decide otra persona.
merges-sources-lead = Qué se ha cargado de cada programa, si cuadra con lo que declara su dueño, y qué datos están mal.
merges-sources-none = Todavía no se ha mirado ninguna fuente.
merges-total = Total
merges-loaded = Cargado
merges-stated = Declarado
merges-equal = igual
merges-not-stated = no declarado
merges-accounts = Cuentas
merges-lots = Lotes
merges-history = Movimientos
merges-totals = Totales de control
merges-clean = No se ha encontrado nada mal.
merges-column = Columna
merges-filled = Con dato
merges-distinct = Distintos
merges-looks = Parece
merges-examples = Ejemplos
merges-pairs-lead = Dos cuentas que podrían ser la misma persona. Lo que coincide va en verde; debajo, lo que pesa a favor y en contra.
merges-pairs-open = Por revisar
merges-pairs-all = Todas
merges-pairs-none = Todavía no se ha buscado quién es quién.
merges-pairs-done = No queda ninguna pareja por revisar.
merges-evidence = Qué pesa
merges-for = a favor
merges-against = en contra
merges-same = Es la misma
merges-different = Son dos
merges-later = Decidir luego
merges-plan-empty = Todavía no se ha hecho ningún simulacro.
merges-blocking = Esto impide aprobarlo
merges-members = Socios
merges-winners = Ganan
merges-neutrals = Se quedan igual
merges-losers = Pierden
merges-held-back = Esperan en la mesa
merges-worth = Valor después
merges-distribution = Cuánto cambia el valor de sus puntos
merges-change-of = Cambio
merges-table = Ver la tabla
merges-nobody = Nadie.
merges-worst = Los que más pierden
merges-best = Los que más ganan
merges-flow = De la fuente al destino
merges-flow-lead = Cada columna suma: lo que había, lo que se convierte, el redondeo y lo que se abre.
merges-source = Fuente
merges-points = Puntos
merges-line = Línea
merges-amount = Cantidad
merges-tier = Nivel
merges-how = Cómo
merges-tiers = Niveles
merges-when = Cuándo
merges-owed = Pasivo
merges-unknown = sin coste
merges-liability = Pasivo por puntos
merges-exceptions-lead = Cuentas que alguien tiene que mirar. Las que esperan no se mueven hasta entonces.
merges-exceptions-none = No hay incidencias.
merges-all = Todas
merges-waits = espera
merges-posted = Traspasados
merges-refused-title = Rechazados
merges-agrees = Cuadra
merges-open = Pendiente
merges-yes = Sí
merges-no = No
merges-signed = Firmado
merges-ran = Tú lanzaste esta oleada: la firma otra persona.
merges-sign-other = La otra firma es de otra persona: firman Finanzas y el responsable del programa, una vez cada uno.
merges-sign-as = Firmar como { $role }
merges-signer = { $role ->
    [finance_controller] Finanzas
   *[program_owner] responsable del programa
}
merges-pdf = Llevarse el PDF
merges-behind-none = Ningún socio está detrás de esta línea.
merges-behind-further = Ninguno entre los primeros; hay más.
merges-account = Cuenta
merges-lot = Lote
merges-lot-state = Qué fue de él
merges-had = Tenía
merges-exact = Exacto
merges-opens = Se abre
merges-entry = Ver el asiento
merges-no-member = Nadie con ese número, correo o teléfono en esta fusión.
merges-statement-lead = La carta tal como la lee el socio: antes, cómo, después.
merges-statement-who = De quién
merges-statement-hint = Un número de cualquiera de los programas, un correo o un teléfono.
merges-statement-find = Ver la carta
merges-print = Versión para imprimir
merges-dossier = Abrir su ficha
merges-pairs-of = { $auto } seguras · { $review } dudosas
merges-refused = { $n } rechazados
merges-rows = { $n } filas
merges-pair-sure = { $percent } % de que sean la misma
merges-of-accounts = de { $n } cuentas
merges-worth-before = antes { $money }
merges-distribution-says = { $gain } ganan y { $lose } pierden.
merges-of = de { $n }
merges-wave = Oleada { $number }: { $name }
merges-instead = debía ser { $n }
merges-state = { $state ->
    [draft] borrador
    [profiled] perfilado
    [mapped] cargado
    [matched] emparejado
    [simulated] simulado
    [approved] aprobado
    [pilot] piloto
    [waves] oleadas
    [frozen] congelado
    [delta] puesta al día
    [cutover] cambio
    [parallel] en paralelo
    [hypercare] soporte reforzado
    [closed] cerrado
    [paused] en pausa
    [rolled_back] deshecho
    [abandoned] abandonado
   *[other] { $state }
}
merges-next-step = { $step ->
    [profile] Mirar los ficheros: columnas, huecos, valores raros.
    [map] Cargar las fuentes con sus correspondencias y comprobar los totales.
    [match] Buscar quién es quién entre los programas.
    [dry-run] Hacer el simulacro: calcula todo y no mueve nada.
   *[other] { $step }
}
merges-next-wave = { $state ->
    [posted] Oleada «{ $name }»: reconciliar con el libro.
    [reconciled] Oleada «{ $name }»: firmar el informe.
    [running] Oleada «{ $name }»: en marcha.
   *[other] Oleada «{ $name }»: lanzarla.
}
merges-step = { $step ->
    [profile] Mirar los ficheros
    [map] Cargar
    [match] Buscar parejas
    [dry-run] Hacer el simulacro
    [approve] Aprobar el plan
    [paused] Pausar
    [abandoned] Abandonar
    [frozen] Congelar las fuentes
    [delta] Poner al día
    [cutover] Hacer el cambio
    [parallel] Llevar en paralelo
    [hypercare] Pasar a soporte reforzado
    [closed] Cerrar
   *[other] Seguir: { $step }
}
merges-wave-state = { $state ->
    [planned] prevista
    [running] en marcha
    [posted] traspasada
    [stopped] parada
    [reconciled] reconciliada
    [signed] firmada
    [rolled_back] deshecha
   *[other] { $state }
}
merges-wave-act = { $act ->
    [run] Lanzar la oleada
    [reconcile] Reconciliar
    [sign] Firmar el informe
   *[other] { $act }
}
merges-request = { $kind ->
    [unmerge] Separar
    [rollback] Deshacer la oleada
   *[other] { $kind }
}
merges-finding = { $code ->
    [balance_differs] El saldo no cuadra con sus lotes
    [ledger_differs] El libro no cuadra
    [duplicate_member] Socio repetido
    [duplicate_lot] Lote repetido
    [no_rule] Sin regla de conversión
    [too_large] Demasiado grande
    [impossible_lot] Lote imposible
    [person_with_company] Persona unida a una empresa
    [deceased] Fallecido
    [company_missing] Falta su empresa
    [impossible_order] Pedido imposible
    [in_transit] En camino a otra empresa o desde ella
    [erased_with_points] Borrado con puntos
    [closed_with_points] Cerrado con puntos
    [erased_returns] Borrado que vuelve
    [debt_across_programs] Deuda entre programas
    [voucher_unmapped] Vale sin correspondencia
    [counter_beyond_calendar] Contador fuera de fecha
    [tier_unmapped] Nivel sin correspondencia
    [plan_unmapped] Plan sin correspondencia
    [two_pools] En dos bolsas familiares
    [unreadable_row] Fila ilegible
    [part_without_member] Dato sin socio
    [contact_without_company] Contacto sin empresa
    [duplicate_transaction] Movimiento repetido
    [expired_yet_available] Caducado y aún disponible
    [earned_in_future] Ganado en el futuro
    [enrolled_in_future] Alta en el futuro
    [erased_with_person] Borrado con datos personales
    [no_name] Sin nombre
    [no_enrollment] Sin fecha de alta
    [no_contact] Sin correo ni teléfono
    [bad_email] Correo imposible
    [bad_tax_id] NIF imposible
    [shared_token] Número compartido
   *[other] { $code }
}
merges-exception = { $code ->
    [balance_differs] El saldo no cuadra con sus lotes
    [ledger_differs] El libro no cuadra
    [duplicate_member] Socio repetido
    [duplicate_lot] Lote repetido
    [no_rule] Sin regla de conversión
    [too_large] Demasiado grande
    [impossible_lot] Lote imposible
    [person_with_company] Persona unida a una empresa
    [deceased] Fallecido
    [company_missing] Falta su empresa
    [impossible_order] Pedido imposible
    [in_transit] En camino a otra empresa o desde ella
    [erased_with_points] Borrado con puntos
    [closed_with_points] Cerrado con puntos
    [erased_returns] Borrado que vuelve
    [debt_across_programs] Deuda entre programas
    [voucher_unmapped] Vale sin correspondencia
    [counter_beyond_calendar] Contador fuera de fecha
    [tier_unmapped] Nivel sin correspondencia
    [plan_unmapped] Plan sin correspondencia
    [partner_unknown] Empresa fuera del calendario
    [partner_cut_off] Moneda antigua fuera de plazo
    [two_pools] En dos bolsas familiares
   *[other] { $code }
}
merges-severity = { $severity ->
    [minor] leve
    [major] grave
    [blocker] impide seguir
   *[other] { $severity }
}
merges-looks-like = { $kind ->
    [integer] número
    [decimal] decimal
    [date] fecha
    [email] correo
    [flag] sí o no
    [card] tarjeta de pago
    [text] texto
   *[other] { $kind }
}
merges-decision = { $decision ->
    [merge] la misma
    [not_same] son dos
    [need_info] para luego
    [waits] falta otra persona
   *[other] { $decision }
}
merges-field = { $field ->
    [given_name] Nombre
    [surname] Apellido
    [surname2] Segundo apellido
    [full_name] Nombre completo
    [gender] Sexo
    [birth_date] Nacimiento
    [email] Correo
    [phone] Teléfono
    [street] Calle
    [city] Población
    [postcode] Código postal
    [country] País
    [tax_id] NIF
   *[other] { $field }
}
merges-reason = { $code ->
    [given-name-equal] nombre: igual
    [given-name-familiar-form] nombre: forma familiar
    [given-name-one-has-more-names] nombre: uno tiene más nombres
    [given-name-alike] nombre: parecido
    [given-name-initial-fits] nombre: encaja la inicial
    [given-name-one-name-shared-or-remotely-alike] nombre: comparten un nombre
    [given-name-differs] nombre: distinto
    [surname-both-equal] apellidos: los dos iguales
    [surname-equal] apellidos: igual
    [surname-one-has-more-surnames] apellidos: uno tiene más apellidos
    [surname-alike] apellidos: parecido
    [surname-one-alike-or-remotely-alike] apellidos: se parece uno
    [surname-differs] apellidos: distinto
    [birth-date-equal] nacimiento: igual
    [birth-date-one-slip] nacimiento: un error de tecla
    [birth-date-two-parts-equal] nacimiento: coinciden dos partes
    [birth-date-year-equal] nacimiento: coincide el año
    [birth-date-one-part-equal] nacimiento: coincide una parte
    [birth-date-differs] nacimiento: distinto
    [email-equal] correo: igual
    [email-equal-but-for-the-provider] correo: igual salvo el proveedor
    [email-alike] correo: parecido
    [email-differs] correo: distinto
    [phone-equal] teléfono: igual
    [phone-one-slip] teléfono: un error de tecla
    [phone-differs] teléfono: distinto
    [street-equal] calle: igual
    [street-alike] calle: parecido
    [street-differs] calle: distinto
    [area-postcode-equal] zona: mismo código postal
    [area-postcode-alike] zona: código postal parecido
    [area-town-equal] zona: misma población
    [area-differs] zona: distinto
    [tax-id-equal] NIF: igual
    [tax-id-one-slip] NIF: un error de tecla
    [tax-id-differs] NIF: distinto
    [gender-equal] sexo: igual
    [gender-differs] sexo: distinto
   *[other] { $words }
}
merges-change = { $step ->
    [s0] −10 % o menos
    [s1] −10 a −1 %
    [s2] igual
    [s3] +1 a +10 %
    [s4] +10 a +50 %
   *[other] +50 % o más
}
merges-control = { $code ->
    [opening_available] Abiertos: disponibles
    [opening_pending] Abiertos: pendientes
    [opening_held] Abiertos: retenidos
    [opening_expired] Abiertos: caducados
    [opening_debt] Abiertos: deuda
    [opens] Se convierten
    [held_back] Esperan en la mesa
    [kept_apart] Se quedan aparte
    [left] No se trasladan
    [expired] Caducados antes
    [exact] Valor exacto
    [cut] Recorte por topes
    [rounding] Redondeo
    [gifts] Regalo de redondeo
    [converted_in] Entran en el destino
    [compensation] Compensación
    [placed] Lotes en el diario
    [posted] En el libro
    [members] Socios
    [lots] Lotes
    [tiers] Niveles
    [counters] Lo que cuenta para niveles
    [vouchers] Vales
    [voucher_value] Valor de los vales
    [consents] Permisos
    [consents_yes] Permisos dados
    [stated] Declarado por el responsable
    [caught_up] Recogido desde la foto
    [accounts] Cuentas
    [hash_total] Suma de huellas
    [planned] Todos los planes
    [not_posted] Sin traspasar
   *[other] { $code }
}
merges-provenance = { $provenance ->
    [earned] ganado
    [matched] equiparado
    [gifted] regalado
    [paid] pagado
    [lifetime] vitalicio
    [protected] protegido
   *[other] { $provenance }
}
merges-at = { $at ->
    [before] antes
    [after] después
   *[other] { $at }
}
merges-member-state = { $state ->
    [planned] previsto
    [posted] traspasado
    [in_part] en parte
    [refused] rechazado
    [unmerged] separado
    [rolled_back] deshecho
   *[other] { $state }
}

# Lo que lee el socio.
merges-own-none = { $tone ->
    [usted] Sus puntos siguen donde estaban: su programa no se ha unido a ningún otro.
   *[tu] Tus puntos siguen donde estaban: tu programa no se ha unido a ningún otro.
}
merges-own-points = { $tone ->
    [usted] Ver sus movimientos
   *[tu] Ver tus movimientos
}
merges-own-wrong = Algo no cuadra
merges-own-pdf = Guardar en PDF
merges-balance = { $state ->
    [available] disponibles
    [pending] pendientes
    [held] retenidos
    [debt] deuda
   *[other] { $state }
}
merges-pilot = Lo que ha demostrado el piloto
merges-pilot-lead = La segunda oleada se abre cuando los socios de la primera han hecho el ciclo entero.
merges-pilot-what = { $what ->
    [days] días desde la oleada
    [earned] compras y acciones que dan puntos
    [redeemed] canjes
    [undone] cancelaciones y devoluciones
   *[other] { $what }
}
