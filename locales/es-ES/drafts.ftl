# El camino de un cambio hasta las reglas en vigor.
drafts-no-programs = Este cliente aún no tiene programas.
drafts-waits = Borrador pendiente
drafts-live = En vigor: versión { $version }
drafts-rules = Reglas
drafts-only-when = Solo cuando { $when }.
drafts-change = Cambiar
drafts-draft = Cambio propuesto por { $author }
drafts-backtest = Probar con el historial
drafts-publish = Publicar
drafts-withdraw = Descartar
drafts-second-person = Lo publica otra persona: quien lo escribe no lo aprueba.
drafts-history = Versiones
drafts-version = Versión { $version }
drafts-on = { $event ->
    [purchase] En cada compra:
   *[other] Con «{ $event }»:
}
drafts-per-amount = { $points } por cada { $per }.
drafts-per-unit = { $points } por unidad.
drafts-fixed = { $points } de una vez.
drafts-multiplier = multiplica por { $factor }.
drafts-cap = Como mucho { $points } por periodo.
drafts-lines = Solo en: { $categories }.
drafts-name-es = Nombre en español
drafts-name-en = Nombre en inglés
drafts-points = Puntos
drafts-per-minor = Por cada tanto dinero
drafts-name-in = Nombre ({ $language })
drafts-number-wrong = Eso no se entiende. Escríbelo como 2 o 1,5.
drafts-from = Cuenta desde el { $at }.
drafts-factor = Multiplicador
drafts-factor-hint = Como 2, 1,5 o 13/10
drafts-cap-label = Tope de puntos por periodo
drafts-when = Condición
drafts-when-hint = Una expresión CEL, como at.weekday == 5; vacía, siempre
drafts-save = Guardar como borrador
drafts-save-hint = Nada cambia para los socios hasta que otra persona lo publique.
drafts-leave = Dejarlo
drafts-backtest-title = Si esto hubiera estado en vigor desde el principio
drafts-backtest-lead = { $events } movimientos de { $members } socios, calculados otra vez.
drafts-backtest-waits = Calculando: { $events } movimientos hasta ahora. Puedes salir de esta página; sigue sin ti.
drafts-backtest-look = Mirar otra vez
drafts-backtest-again = Calcularlo otra vez
drafts-winners = Ganarían más
drafts-losers = Ganarían menos
drafts-difference = Diferencia de coste
drafts-table = Las reglas en vigor y el borrador, sobre el mismo historial
drafts-what = Qué
drafts-now = En vigor
drafts-then = Borrador
drafts-more = Diferencia
drafts-cost = Coste de lo emitido
drafts-liability = Pasivo al final
drafts-earned = Puntos emitidos ({ $code })
