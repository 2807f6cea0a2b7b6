"""The text of an article as CKEditor leaves it, which NukeViet and most CMSs have: paragraphs, divs, one block
of line breaks, Word's spans; pictures in the four forms seen on real pages, and in others. Pure."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from html import escape

from crawler.demo import chance
from crawler.demo.layouts.base import Layout
from crawler.demo.model import Block, Bullets, Grid, Heading, Paragraph, Picture, Piece, SeeAlso, Video
from crawler.demo.typography import plain

_WORD = (
    '<p class="MsoNormal" style="text-align:justify; text-indent:1.0cm"><span style="font-size:14pt">'
    '<span style="line-height:130%"><span style="font-family:&quot;Times New Roman&quot;,serif">{}</span></span></span>'
    "<o:p></o:p></p>"
)
_PARAGRAPHS = {
    "p": '<p style="text-align:justify">{}</p>',
    "plain": "<p>{}</p>",
    "word": _WORD,
    "div": '<div style="text-align:justify">{}</div>\n\n<div style="text-align:justify">&nbsp;</div>',
    "br": "{}<br />\n<br />",
}
_PICTURES = {
    "cell": '<table align="center" border="0" cellpadding="0" class="image center"{width}><tbody>'
    '<tr><td>{image}</td></tr><tr><td class="image_desc">{caption}</td></tr></tbody></table>',
    "figure": '<figure class="image" style="text-align:center">{image}\n<figcaption>{caption}</figcaption>\n</figure>',
    "em": '<p style="text-align:center">{image}<br />\n<em>{caption}</em></p>',
    "div": '<div style="text-align:center">{image}</div>\n'
    '<div style="text-align:center"><em><span style="font-size:12px;">{caption}</span></em></div>',
    "span": '<p style="text-align:center">{image}</p>\n<p align="center"><em><span>{caption}</span></em></p>',
    "class": '<p style="text-align:center">{image}</p>\n<p class="caption">{caption}</p>',
    "plain": '<p style="text-align:center">{image}</p>\n<p>{caption}</p>',
    "centred": '<p style="text-align:center">{image}</p>\n<p style="text-align:center">{caption}</p>',
}
"""A picture with its caption; the last two say by nothing but its place what it is."""
_UNMARKED = ("plain", "centred")
CAPTIONS = ("cell", "figure", "em", "div")
"""The forms of NukeViet's editor."""


def body_html(layout: Layout, piece: Piece, link: Callable[[int], str], *, captions: Sequence[str] = CAPTIONS) -> str:
    """All blocks and, where the editor put it there, the signature. ``link`` gives the address of an article,
    ``captions`` are the forms that pictures take."""
    parts = [_block(layout, piece, block, link, captions) for block in piece.blocks]
    if piece.label == "body" and piece.byline:
        parts.append(f'<p style="text-align:right"><strong>{plain(piece.byline.printed)}</strong></p>')
    if piece.editor == "br":
        return '<div style="text-align: justify;">' + "\n".join(parts) + "</div>"
    return "\n\n".join(parts)


def _block(layout: Layout, piece: Piece, block: Block, link: Callable[[int], str], captions: Sequence[str]) -> str:
    match block:
        case Paragraph(text):
            return _PARAGRAPHS[piece.editor].format(layout.text(piece, text))
        case Heading(text):
            return f"<h3>{layout.text(piece, text)}</h3>"
        case Bullets(points):
            return "<ul>\n" + "\n".join(f"\t<li>{layout.text(piece, point)}</li>" for point in points) + "\n</ul>"
        case Grid(rows):
            return _table(layout, piece, rows)
        case SeeAlso(index):
            title = plain(layout.site.head(index).headline)
            return f'<p><strong>&gt;&gt; Xem thêm: <a href="{link(index)}">{title}</a></strong></p>'
        case Picture():
            return _picture(layout, piece, block, captions)
        case Video(path):
            return f'<p style="text-align:center"><video controls src="{path}"></video></p>'


def _table(layout: Layout, piece: Piece, rows: tuple[tuple[str, ...], ...]) -> str:
    lines = "\n".join(
        "\t\t<tr>" + "".join(f"<td>{layout.text(piece, cell)}</td>" for cell in row) + "</tr>" for row in rows
    )
    return (
        '<table border="1" cellpadding="1" cellspacing="1" style="width:100%">\n\t<tbody>\n'
        f"{lines}\n\t</tbody>\n</table>"
    )


def _picture(layout: Layout, piece: Piece, picture: Picture, captions: Sequence[str]) -> str:
    form = captions[chance.number("form", picture.path) % len(captions)]
    named = picture.caption if form not in _UNMARKED else ""
    alt = escape(picture.path.rpartition("/")[2].partition(".")[0] if named is None else named)
    size = (f' height="{picture.height}"', f' width="{picture.width}"') if picture.width else ("", "")
    image = f'<img alt="{alt}"{size[0]} src="{picture.path}"{size[1]} />'
    if picture.caption is None:
        return f'<p style="text-align:center">{image}</p>'
    return _PICTURES[form].format(image=image, width=size[1], caption=layout.text(piece, picture.caption))
