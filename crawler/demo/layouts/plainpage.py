"""The text of an article on the three sites whose CMS is not NukeViet: paragraphs, pictures of their own, captions as
plain paragraphs. Pure."""

from __future__ import annotations

from crawler.demo import chance
from crawler.demo.layouts.base import Layout
from crawler.demo.model import Bullets, Grid, Heading, Paragraph, Picture, Piece, SeeAlso, Source, Video
from crawler.demo.typography import plain

_WORD = (
    '<p class="MsoNormal" style="text-align: justify;"><span style="font-size:14.0pt;'
    'font-family:&quot;Times New Roman&quot;,serif">{}</span></p>'
)


def body_html(layout: Layout, piece: Piece, *, image_style: str = "") -> list[str]:
    """Each block as a paragraph."""
    out: list[str] = []
    for block in piece.blocks:
        match block:
            case Paragraph(text):
                out.append(_paragraph(layout, piece, text))
            case Picture():
                out.append(_picture(layout, block, image_style))
                if block.caption:
                    out.append(_caption(layout, piece, block.caption))
            case Video(path):
                out.append(
                    f'<p><video controls="controls"><source src="{layout.source(path)}" type="video/mp4" /></video></p>'
                )
            case Heading(text):
                out.append(_heading(layout, piece, text))
            case Bullets() | Grid() | SeeAlso():
                raise ValueError(
                    f"{type(block).__name__} has no form on {layout.site.name}: its editor has no such button"
                )
    return out


def _paragraph(layout: Layout, piece: Piece, text: str) -> str:
    content = layout.text(piece, text)
    if piece.editor == "word":
        return _WORD.format(content)
    if piece.editor == "plain":
        return f"<p>{content}&nbsp;</p>"
    return f'<p style="text-align: justify;">{content}</p>'


def _heading(layout: Layout, piece: Piece, text: str) -> str:
    content = layout.text(piece, text)
    drawn = chance.share("heading", piece.head.headline)
    # Where a page may hold two articles, nothing but a class name tells an h2 in the text from the second one's title.
    if drawn < 0.5 or (layout.two_on_a_page and not layout.site.traps):
        return f"<h3>{content}</h3>"
    return f'<h2 style="text-align: justify;">{f"<strong>{content}</strong>" if drawn < 0.75 else content}</h2>'


def _picture(layout: Layout, picture: Picture, style: str) -> str:
    size = f' width="{picture.width}" height="{picture.height}"' if picture.width else ""
    return f'<p style="text-align: center;"><img alt="" src="{layout.source(picture.path)}"{size}{style} /></p>'


def _caption(layout: Layout, piece: Piece, caption: str) -> str:
    """Plain, or set in the middle: nothing but its place says what it is."""
    content = layout.text(piece, caption)
    centred = ' style="text-align: center;"' if chance.share("caption", caption) < 0.3 else ""
    return f"<p{centred}>{content}</p>"


def signature_html(piece: Piece, source_url: str | None) -> list[str]:
    """The lines under the text: who made it, where it was taken from, and the address as plain text."""
    out = []
    if piece.byline:
        name = plain(piece.byline.printed)
        strong = chance.share("signature", piece.head.headline) < 0.6
        out.append(f'<p style="text-align: right;"><strong>{name}</strong></p>' if strong else f"<p>{name}</p>")
    if piece.source:
        out += _source(piece.source, source_url)
    return out


def _source(source: Source, url: str | None) -> list[str]:
    if url is None and source.name and source.name.isupper():
        return [f'<p style="text-align: right;"><strong>Theo {plain(source.name)}</strong></p>']
    lines = [f"<p>Nguồn: {plain(source.name or '')}</p>"]
    return [*lines, f"<p>{plain(url)}</p>"] if url else lines
