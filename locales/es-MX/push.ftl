# Solo lo que en México se dice de otra manera.
push-points-end = { $amount } vencen después del { $day }.
push-what-points = { $tone ->
    [usted] Sus puntos vencen en las próximas dos semanas.
   *[tu] Tus puntos vencen en las próximas dos semanas.
}
