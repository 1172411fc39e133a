-- Vietnamese text without ICU and without unaccent: only built-in immutable functions, so that generated columns and indexes may use
-- them and a dump restores them.

-- What a search compares: 'Xã Ia RMok', 'xa ia rmok' and the same text in NFD give 'xa ia rmok'.
create function vn_key(text) returns text language sql immutable strict parallel safe as $$
    select translate(lower(normalize($1, NFC)),
        'ăâêôơưàằầèềìòồờùừỳảẳẩẻểỉỏổởủửỷãẵẫẽễĩõỗỡũữỹáắấéếíóốớúứýạặậẹệịọộợụựỵđ',
        'aaeoouaaaeeiooouuyaaaeeiooouuyaaaeeiooouuyaaaeeiooouuyaaaeeiooouuyd')
$$;

-- What a list sorts by (compare with collate "C"): letters a ă â b c d đ e ê … first, tones (ngang huyền hỏi ngã sắc nặng) only between equal letters;
-- chr(1) between them sorts before a space, so that Phường An Nhơn comes before Phường An Nhơn Bắc.
create function vn_sort(text) returns text language sql immutable strict parallel safe as $$
    select translate(translate(lower(normalize($1, NFC)),
            'aăâeêioôơuưyàằầèềìòồờùừỳảẳẩẻểỉỏổởủửỷãẵẫẽễĩõỗỡũữỹáắấéếíóốớúứýạặậẹệịọộợụựỵ',
            'aăâeêioôơuưyaăâeêioôơuưyaăâeêioôơuưyaăâeêioôơuưyaăâeêioôơuưyaăâeêioôơuưy'),
            'aăâbcdđeêfghijklmnoôơpqrstuưvwxyz',
            'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefg')
        || chr(1) || translate(lower(normalize($1, NFC)),
            'aăâeêioôơuưyàằầèềìòồờùừỳảẳẩẻểỉỏổởủửỷãẵẫẽễĩõỗỡũữỹáắấéếíóốớúứýạặậẹệịọộợụựỵbcdđfghjklmnpqrstvwxz',
            '000000000000111111111111222222222222333333333333444444444444555555555555')
$$;
