# -*- coding: no_such_codec -*-
x = 1
