#!/usr/bin/env python3
"""Makes the workbooks beside this file: what clerks send, in small. Run it again after a change."""
import datetime
import zipfile
from pathlib import Path

import openpyxl
import xlwt
from openpyxl.comments import Comment

HERE = Path(__file__).parent
HEADINGS = ["编号", "姓名", "性别", "出生年月", "类别", "支部/小组", "电话"]


def excel():
    """A hidden sheet first, a merged title, dates as numbers, zeros by format, a group merged over rows, totals."""
    book = openpyxl.Workbook()
    old = book.active
    old.title = "旧名单"
    old.append(HEADINGS)
    old.append(["900", "旧人", "男", "1950-01", "党员", "第一党支部", "1"])
    old.sheet_state = "hidden"
    sheet = book.create_sheet("花名册")
    sheet["A1"] = "李家村党员花名册"
    sheet.merge_cells("A1:G1")
    sheet.append(HEADINGS)
    people = [(1, "王建国", "男", datetime.date(1958, 3, 1), "党员", "第一党支部", 13900001000),
              (2, "李秀英", "女", datetime.date(1962, 11, 5), "党员", None, 13900001001),
              (3, "张　伟", "男", "1980年5月", "群众", "第二\n党支部", "13900001002")]
    for person in people:
        sheet.append(person)
    for row in (3, 4, 5):
        sheet.cell(row, 1).number_format = "000"
    sheet["D3"].number_format = 'yyyy"年"m"月"'
    sheet["D4"].number_format = "mmm\\-yy"
    sheet.merge_cells("F3:F4")
    sheet["B3"].comment = Comment("书记", "clerk")
    sheet.append(["合计", "3人"])
    notes = book.create_sheet("说明")
    notes["A1"] = "按上级要求填写"
    book.save(HERE / "excel.xlsx")


def long_numbers():
    book = openpyxl.Workbook()
    book.active.append(HEADINGS)
    book.active.append([440981195803010123, "王建国", "男", "1958-03", "党员", "第一党支部", 1])
    book.save(HERE / "long_numbers.xlsx")


def since_1904():
    book = openpyxl.Workbook()
    book.epoch = openpyxl.utils.datetime.MAC_EPOCH
    book.active.append(HEADINGS)
    book.active.append(["001", "王建国", "男", datetime.date(1958, 3, 1), "党员", "第一党支部", "1"])
    book.save(HERE / "since_1904.xlsx")


def strict():
    """As other programs write it: prefixes, the strict namespaces, texts in the cells, runs, no cell names."""
    main = "http://purl.oclc.org/ooxml/spreadsheetml/main"
    relations = "http://purl.oclc.org/ooxml/officeDocument/relationships"
    package = "http://schemas.openxmlformats.org/package/2006/relationships"
    cell = '<x:c t="inlineStr"><x:is>{}</x:is></x:c>'.format
    text = lambda t: cell(f"<x:t>{t}</x:t>")
    rows = "".join([
        "<x:row>" + "".join(map(text, HEADINGS)) + "</x:row>",
        '<x:row r="3">' + text("001") + cell("<x:r><x:t>王</x:t></x:r><x:r><x:t>建国</x:t></x:r><x:rPh sb=\"0\" eb=\"1\">"
                                             "<x:t>オウ</x:t></x:rPh>") + text("男") +
        '<x:c t="d"><x:v>1958-03-01</x:v></x:c>' + text("党员") + text("第一_x000D_\n党支部") +
        '<x:c t="str"><x:f>1</x:f><x:v>13900001000</x:v></x:c></x:row>'])
    with zipfile.ZipFile(HERE / "strict.xlsx", "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("_rels/.rels", f'<Relationships xmlns="{package}"><Relationship Id="r1" Type="{relations}/officeDocument" '
                      'Target="/Book/Main.xml"/></Relationships>')
        file.writestr("book/main.xml", f'<x:workbook xmlns:x="{main}" xmlns:r="{relations}"><x:sheets>'
                      '<x:sheet name="表 1" sheetId="7" r:id="s1"/></x:sheets></x:workbook>')
        file.writestr("book/_rels/main.xml.rels", f'<Relationships xmlns="{package}"><Relationship Id="s1" '
                      f'Type="{relations}/worksheet" Target="sheets/one.xml"/></Relationships>')
        file.writestr("book/sheets/one.xml", f'<x:worksheet xmlns:x="{main}"><x:sheetData>{rows}</x:sheetData></x:worksheet>')


def old_excel():
    book = xlwt.Workbook(encoding="utf-8")
    hidden = book.add_sheet("旧名单")
    hidden.visibility = 1
    for column, heading in enumerate(HEADINGS):
        hidden.write(0, column, heading)
    sheet = book.add_sheet("花名册")
    sheet.write_merge(0, 0, 0, 6, "李家村党员花名册")
    date = xlwt.easyxf(num_format_str="yyyy-mm-dd")
    rows = [HEADINGS, ["001", "王建国", "男", datetime.date(1958, 3, 1), "党员", "第一党支部", 13900001000],
            ["002", "李秀英", "女", "1962-11", "党员", "第一党支部", "13900001001"]]
    for number, row in enumerate(rows, 1):
        for column, value in enumerate(row):
            style = [date] if isinstance(value, datetime.date) else []
            sheet.write(number, column, value, *style)
    book.save(str(HERE / "old_excel.xls"))


def open_document():
    office = "urn:oasis:names:tc:opendocument:xmlns:"
    cell = lambda t: f'<table:table-cell office:value-type="string"><text:p>{t}</text:p></table:table-cell>'
    headings = "".join(map(cell, HEADINGS))
    person = (cell("001") + cell("王<text:s/>建国") + cell("男") +
              '<table:table-cell office:value-type="date" office:date-value="1958-03-01"><text:p>58年3月</text:p></table:table-cell>'
              + cell("党员") + cell("第一党支部") + '<table:table-cell office:value-type="float" office:value="13900001000">'
              '<text:p>13900001000</text:p></table:table-cell><table:table-cell table:number-columns-repeated="16000"/>')
    content = (f'<office:document-content xmlns:office="{office}office:1.0" xmlns:table="{office}table:1.0" '
               f'xmlns:text="{office}text:1.0"><office:body><office:spreadsheet><table:table table:name="花名册">'
               f'<table:table-header-rows><table:table-row>{headings}</table:table-row></table:table-header-rows>'
               f'<table:table-row>{person}</table:table-row>'
               '<table:table-row table:number-rows-repeated="1000000"><table:table-cell/></table:table-row>'
               '</table:table></office:spreadsheet></office:body></office:document-content>')
    with zipfile.ZipFile(HERE / "open_document.ods", "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        file.writestr("content.xml", content)


def xml_2003():
    cell = lambda t: f'<Cell><Data ss:Type="String">{t}</Data></Cell>'
    rows = ("<Row>" + "".join(map(cell, HEADINGS)) + "</Row>" + '<Row ss:Index="3">' +
            "".join(map(cell, ["001", "王建国", "男"])) +
            '<Cell><Data ss:Type="DateTime">1958-03-01T00:00:00.000</Data></Cell>' + cell("党员") +
            '<Cell ss:Index="7"><Data ss:Type="Number">13900001000</Data></Cell></Row>')
    (HERE / "xml_2003.xls").write_text(
        '<?xml version="1.0"?>\n<?mso-application progid="Excel.Sheet"?>\n<Workbook '
        'xmlns="urn:schemas-microsoft-com:office:spreadsheet" xmlns:ss="urn:schemas-microsoft-com:office:spreadsheet">'
        f'<Worksheet ss:Name="花名册"><Table>{rows}</Table></Worksheet></Workbook>\n', encoding="utf-8")


def web_page():
    """As systems of offices give it out: GB2312, styles, a title over all columns, a group over two rows."""
    page = ("<html xmlns:x='urn:schemas-microsoft-com:office:excel'><head><meta charset=gb2312><style>td{mso-number-format:'\\@'}"
            "</style></head><body><!-- <table> --><table border=1><tr><td colspan=7>李家村党员花名册</td></tr><tr>" +
            "".join(f"<th>{heading}" for heading in HEADINGS) + "</tr>\n<tr><td>001</td><td>王&nbsp;建国</td><td>男</td>"
            "<td>1958-03-01</td><td>党员</td><td rowspan='2'>第一<br>党支部</td><td>13900001000</td></tr>\n"
            "<TR><TD>002<TD>李&#31168;英<TD>女<TD>1962.11<TD>党员<TD>13900001001</TR></table></body></html>")
    (HERE / "page.xls").write_bytes(page.encode("gb18030"))


for make in (excel, long_numbers, since_1904, strict, old_excel, open_document, xml_2003, web_page):
    make()
