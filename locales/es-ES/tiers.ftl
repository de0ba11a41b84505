# El nivel.
tiers-title = Nivel
tiers-none = Este programa no tiene niveles.
tiers-yours = { $tone ->
    [usted] Su nivel
   *[tu] Tu nivel
}
tiers-how = { $how ->
    [earned] { $tone ->
        [usted] Lo ha conseguido con sus compras.
       *[tu] Lo has conseguido con tus compras.
    }
    [matched] Por el nivel de otro programa.
    [gifted] Es un regalo.
    [paid] { $tone ->
        [usted] Lo ha pagado, con dinero o con lo que tenía.
       *[tu] Lo has pagado, con dinero o con lo que tenías.
    }
    [lifetime] Para siempre.
    [protected] Se conserva por el cambio de programa.
   *[other] { $how }
}
tiers-missing = { $tone ->
    [usted] Le faltan { $missing } para { $tier }
   *[tu] Te faltan { $missing } para { $tier }
}
tiers-counted = { $measured } de { $threshold }.
tiers-window-year = Cuenta lo de este año natural.
tiers-window-rolling = Cuenta lo de los últimos { $months } meses.
tiers-window-anniversary = { $tone ->
    [usted] Cuenta desde su aniversario como socio.
   *[tu] Cuenta desde tu aniversario como socio.
}
tiers-window-lifetime = Cuenta lo de siempre.
tiers-ladder = Los niveles
tiers-from = desde { $threshold }
tiers-floor = Aquí empezamos.
tiers-multiplier = { $factor } veces lo normal con cada compra
tiers-visits = { $n ->
    [one] { $number } compra
   *[other] { $number } compras
}

# El planificador.
tiers-plan = { $tone ->
    [usted] Cómo puede llegar
   *[tu] Cómo puedes llegar
}
tiers-plan-back = Volver al nivel
tiers-plan-top = { $tone ->
    [usted] Ya está en el nivel más alto.
   *[tu] Ya estás en el nivel más alto.
}
tiers-plan-title = Llegar a { $tier }
tiers-plan-tier = Nivel
tiers-plan-by = Como muy tarde el
tiers-plan-show = Calcular
tiers-plan-reached = { $tone ->
    [usted] Con lo que ya tiene, { $tier } es suyo.
   *[tu] Con lo que ya tienes, { $tier } es tuyo.
}
tiers-plan-missing = { $tone ->
    [usted] Para { $tier } antes de que acabe el { $day } le faltan { $missing }.
   *[tu] Para { $tier } antes de que acabe el { $day } te faltan { $missing }.
}
tiers-plan-from = Esa fecha cae en otro periodo: empieza a contar el { $day }.
tiers-plan-none = { $why ->
    [not_counted] Las compras no cuentan para este nivel.
   *[too_late] No da tiempo: faltan { $missing } para el { $day }, y ningún ritmo de compra razonable llega.
}
tiers-plan-none-lead = { $tone ->
    [usted] Pruebe con una fecha más lejana o con otro nivel.
   *[tu] Prueba con una fecha más lejana o con otro nivel.
}
tiers-plan-how = { $tone ->
    [usted] Calculado con las reglas de hoy y con sus { $n } compras del último medio año; la habitual es de { $usual }.
   *[tu] Calculado con las reglas de hoy y con tus { $n } compras del último medio año; la habitual es de { $usual }.
}
tiers-plan-example = { $tone ->
    [usted] Aún no conocemos sus compras: es un ejemplo con compras de { $usual }.
   *[tu] Aún no conocemos tus compras: es un ejemplo con compras de { $usual }.
}
tiers-way = { $kind ->
    [as_usual] { $tone ->
        [usted] Siga como hasta ahora
       *[tu] Sigue como hasta ahora
    }
    [more_often] { $tone ->
        [usted] Con sus compras de siempre
       *[tu] Con tus compras de siempre
    }
    [larger] Menos veces, más cada vez
   *[one_large] De una vez
}
tiers-way-day = Hacia el { $day }, aprox.
tiers-way-does = { $count ->
    [one] { $n } compra de { $each }
   *[other] { $n } compras de { $each }
}
