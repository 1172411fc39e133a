-- By what names of schemes are compared: '"Mô hình Camera giám sát ANTT"' and 'camera giám sát an ninh, trật tự' both give 'camera giam sat an ninh trat tu'.
-- Several lines give several keys. This is the one place for abbreviations: to change the list, replace the function in a new migration and write every name
-- again there (update movements_scheme set name = name), because the keys are stored.
-- "begin atomic": what it calls is bound now, so that a dump restores whatever the search path is.
create function scheme_key(text) returns text language sql immutable strict parallel safe
begin atomic
    select coalesce(string_agg(key, e'\n' order by number), '') from (
        select number, string_agg(coalesce(meaning, word), ' ' order by place) as key
        from string_to_table(vn_key($1), e'\n') with ordinality as lines(line, number),
            string_to_table(
                regexp_replace(regexp_replace(line, '[^a-z0-9]+', ' ', 'g'), '^ ?mo hinh ', ''), ' '
            ) with ordinality as words(word, place)
            left join (values
                ('antt', 'an ninh trat tu'),
                ('antq', 'an ninh to quoc'),
                ('attp', 'an toan thuc pham'),
                ('atgt', 'an toan giao thong'),
                ('bcd', 'ban chi dao'),
                ('bvantq', 'bao ve an ninh to quoc'),
                ('bvantt', 'bao ve an ninh trat tu'),
                ('ca', 'cong an'),
                ('ccb', 'cuu chien binh'),
                ('ccht', 'cong cu ho tro'),
                ('clb', 'cau lac bo'),
                ('cnch', 'cuu nan cuu ho'),
                ('csgd', 'co so giao duc'),
                ('dtts', 'dan toc thieu so'),
                ('kcn', 'khu cong nghiep'),
                ('kdc', 'khu dan cu'),
                ('lhpn', 'lien hiep phu nu'),
                ('mttq', 'mat tran to quoc'),
                ('pccc', 'phong chay chua chay'),
                ('pctp', 'phong chong toi pham'),
                ('tdbvantq', 'toan dan bao ve an ninh to quoc'),
                ('tdp', 'to dan pho'),
                ('thcs', 'trung hoc co so'),
                ('thpt', 'trung hoc pho thong'),
                ('tnxh', 'te nan xa hoi'),
                ('ttatgt', 'trat tu an toan giao thong'),
                ('ttatxh', 'trat tu an toan xa hoi'),
                ('ubnd', 'uy ban nhan dan'),
                ('vk', 'vu khi'),
                ('vln', 'vat lieu no')
            ) as known(short, meaning) on short = word
        where word not in ('', 'va')
        group by number
    ) as keys;
end;
