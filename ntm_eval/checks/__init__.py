"""Facts -> problems: what is wrong within a report, against its past, its peers and its forms.

A check marks and changes nothing. `report`: one report by itself; `history`, `plans`: against the
district's own past; `source`: against what was recounted; `peers`: against the other districts;
`patterns`: in household forms; `held`: the figures held back until answered; `quality`: the figures
of WHO and DHIS2. Knows nothing of points, trends or pages.
"""
