"""The text of a post as WordPress's two editors leave it: the classic one (TinyMCE, shortcodes) and blocks. Pure."""

from __future__ import annotations

from collections.abc import Callable
from html import escape

from crawler.demo import chance
from crawler.demo.layouts.base import Layout
from crawler.demo.layouts.plainpage import signature_html
from crawler.demo.model import Block, Bullets, Grid, Heading, Paragraph, Picture, Piece, SeeAlso, Video
from crawler.demo.typography import plain

_BLANK = "data:image/svg+xml,%3Csvg%20viewBox%3D%220%200%20600%20400%22%3E%3C%2Fsvg%3E"


def classic_html(layout: Layout, piece: Piece, link: Callable[[int], str], source_url: str | None) -> str:
    """What ``the_content`` prints of a text typed in the classic editor, the signature at its end. Captions are
    ``wp-caption``, a post of pictures alone is a gallery; a plugin loads some pictures late."""
    if piece.kind == "photo":
        parts = [_classic_gallery(layout, piece)]
    else:
        parts = [_classic(layout, piece, block, link) for block in piece.blocks]
    return "\n".join([*parts, *signature_html(piece, source_url)])


def _classic(layout: Layout, piece: Piece, block: Block, link: Callable[[int], str]) -> str:
    match block:
        case Paragraph(text):
            style = ' style="text-align: justify;"' if piece.editor in {"p", "word"} else ""
            content = layout.text(piece, text)
            if piece.editor == "word":
                content = (
                    f"<span style=\"font-family: 'times new roman', times, serif; font-size: 14pt;\">{content}</span>"
                )
            return f"<p{style}>{content}{'&nbsp;' if piece.editor == 'plain' else ''}</p>"
        case Heading(text):
            return f"<h3><strong>{layout.text(piece, text)}</strong></h3>"
        case Picture():
            return _classic_picture(layout, piece, block)
        case Video(path):
            return f'<div class="wp-video"><video controls="controls"><source src="{path}" /></video></div>'
        case SeeAlso(index):
            title = plain(layout.site.head(index).headline)
            return f'<p><strong>Xem thêm: <a href="{link(index)}">{title}</a></strong></p>'
        case Bullets(points):
            return "<ul>\n" + "\n".join(f"<li>{layout.text(piece, point)}</li>" for point in points) + "\n</ul>"
        case Grid(rows):
            return f'<table width="100%"><tbody>\n{_rows(layout, piece, rows)}\n</tbody></table>'


def _rows(layout: Layout, piece: Piece, rows: tuple[tuple[str, ...], ...]) -> str:
    return "\n".join("<tr>" + "".join(f"<td>{layout.text(piece, cell)}</td>" for cell in row) + "</tr>" for row in rows)


def _classic_picture(layout: Layout, piece: Piece, picture: Picture) -> str:
    image = _linked_image(picture)
    if picture.caption is None:
        return f"<p>{image}</p>"
    caption = layout.text(piece, picture.caption)
    number = chance.number("attachment", picture.path) % 9000
    if chance.share("caption form", picture.path) < 0.3:  # before WordPress 3.9's HTML5 captions
        return (
            f'<div id="attachment_{number}" style="width: 610px" class="wp-caption aligncenter">{image}'
            f'<p id="caption-attachment-{number}" class="wp-caption-text">{caption}</p></div>'
        )
    return (
        f'<figure id="attachment_{number}" style="width: 600px" class="wp-caption aligncenter">{image}'
        f'<figcaption id="caption-attachment-{number}" class="wp-caption-text">{caption}</figcaption></figure>'
    )


def _linked_image(picture: Picture) -> str:
    """The picture itself, a small copy that links to it, or a blank one that a script replaces."""
    drawn = chance.share("image form", picture.path)
    if drawn < 0.4:
        return f'<img class="alignnone size-full" src="{picture.path}" alt="" />'
    if drawn < 0.7:
        return f'<a href="{picture.path}"><img class="size-medium" src="{smaller(picture.path)}" alt="" /></a>'
    late = f'<img class="lazy-load size-full" src="{_BLANK}" data-src="{picture.path}" alt="" />'
    return f'{late}<noscript><img class="size-full" src="{picture.path}" alt="" /></noscript>'


def smaller(path: str) -> str:
    """The name of the copy in another size."""
    name, _, ending = path.rpartition(".")
    return f"{name}-300x200.{ending}"


def _classic_gallery(layout: Layout, piece: Piece) -> str:
    items = []
    for picture in piece.blocks:
        assert isinstance(picture, Picture)
        image = (
            f'<a href="{picture.path}"><img class="attachment-thumbnail" src="{smaller(picture.path)}" alt="" /></a>'
        )
        caption = layout.text(piece, picture.caption or "")
        items.append(
            f"<dl class='gallery-item'><dt class='gallery-icon landscape'>{image}</dt>"
            f"<dd class='wp-caption-text gallery-caption'>{caption}</dd></dl>"
        )
    return f"<div id='gallery-1' class='gallery galleryid-1 gallery-columns-3'>\n{chr(10).join(items)}\n</div>"


def block_html(layout: Layout, piece: Piece, link: Callable[[int], str], source_url: str | None) -> str:
    """What ``the_content`` prints of blocks, the signature at its end."""
    parts = [_block(layout, piece, block, link) for block in piece.blocks]
    if piece.kind == "photo":
        figures = "\n".join(parts)
        parts = [f'<figure class="wp-block-gallery has-nested-images columns-default">\n{figures}\n</figure>']
    parts += [
        f'<div class="wp-block-file"><a id="tep-{number}" href="{attachment.path}">{plain(attachment.title)}</a>'
        f'<a href="{attachment.path}" class="wp-block-file__button wp-element-button" download>Tải xuống</a></div>'
        for number, attachment in enumerate(piece.attachments)
    ]
    signature = [
        line.replace('style="text-align: right;"', 'class="has-text-align-right"')
        for line in signature_html(piece, source_url)
    ]
    return "\n\n".join([*parts, *signature])


def _block(layout: Layout, piece: Piece, block: Block, link: Callable[[int], str]) -> str:
    match block:
        case Paragraph(text):
            return f"<p>{layout.text(piece, text)}</p>"
        case Heading(text):
            return f'<h2 class="wp-block-heading">{layout.text(piece, text)}</h2>'
        case Picture():
            size = f' width="{block.width}" height="{block.height}"' if block.width else ""
            alt = escape(block.caption or "")
            image = f'<img decoding="async"{size} src="{block.path}" alt="{alt}" class="wp-image-7" />'
            caption = (
                f'<figcaption class="wp-element-caption">{layout.text(piece, block.caption)}</figcaption>'
                if block.caption
                else ""
            )
            return f'<figure class="wp-block-image size-full">{image}{caption}</figure>'
        case Video(path):
            return f'<figure class="wp-block-video"><video controls src="{path}"></video></figure>'
        case SeeAlso(index):
            title, url = plain(layout.site.head(index).headline), link(index)
            return f"""<figure class="wp-block-embed is-type-wp-embed"><div class="wp-block-embed__wrapper">
<blockquote class="wp-embedded-content"><a href="{url}">{title}</a></blockquote>
<iframe class="wp-embedded-content" title="{escape(title)}" src="{url}embed/#?secret=x" width="600"></iframe>
</div></figure>"""
        case Bullets(points):
            items = "\n".join(f"<li>{layout.text(piece, point)}</li>" for point in points)
            return f'<ul class="wp-block-list">\n{items}\n</ul>'
        case Grid(rows):
            table = f'<table class="has-fixed-layout"><tbody>\n{_rows(layout, piece, rows)}\n</tbody></table>'
            return f'<figure class="wp-block-table">{table}</figure>'
