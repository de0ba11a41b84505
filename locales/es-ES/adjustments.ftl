# Ajustes a mano, y la segunda persona.
adjustments-lead = Puntos que alguien suma o resta a mano. Por encima del límite del programa esperan a una segunda persona.
adjustments-all = Todos
adjustments-pending = Por decidir
adjustments-none = Todavía nadie ha ajustado puntos a mano.
adjustments-none-wait = No hay nada por decidir.
adjustments-entry = Ver el asiento
adjustments-own = Lo pediste tú: decide otra persona.
adjustments-approve = Aprobar
adjustments-reject = Rechazar
adjustments-state = { $state ->
    [pending] espera
    [posted] hecho
    [rejected] rechazado
   *[other] { $state }
}
adjustments-reason = { $reason ->
    [goodwill] Compensación
    [correction] Corrección
    [missing_points] Puntos que faltaban
   *[other] { $reason }
}
