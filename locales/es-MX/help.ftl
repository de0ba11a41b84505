# Solo lo que en México se dice de otra manera.
help-ends-never = No vencen.
help-when-ends = ¿Cuándo vence lo que tengo?
