"""Ways through the graph, what most link to, clusters of reprints and sites on the screen. Prints what it is handed."""

from __future__ import annotations

from collections.abc import Sequence

from archive.paths import Linked, Path
from archive.plural import counted
from archive.reprints import Cluster, Member
from archive.surroundings import COPY, Node, SiteGraph
from archive.terminal import date_words, say, say_table


def show_path(path: Path, most: int) -> None:
    """The articles of a path, one a line, and between them what joins each with the next."""
    if not path.nodes:
        sure = "No way of" if path.complete else "Too many articles are between them to say; no way was found within"
        say(f"{sure} {counted(most, 'step')} or fewer leads from one to the other.")
        return
    for number, node in enumerate(path.nodes):
        say(_node(node), "bold")
        if number < len(path.steps):
            step = path.steps[number]
            if step.edge.relation == COPY:
                say("has the same text as", "dim", indent=2)
            else:
                printed = f" “{step.edge.title}”" if step.edge.title else ""
                verb = "links to" if step.forward else "is linked from"
                say(f"{verb} ({step.edge.relation}{printed})", "dim", indent=2)


def _node(node: Node) -> str:
    return f"{date_words(node.date_published, node.date_precision):<10}  {node.id}  {node.headline}"


def show_most_linked(found: Sequence[Linked]) -> None:
    """One line an article, with how many link to it."""
    if not found:
        say("No archived article is linked to by another.", "dim")
    for one in found:
        say(f"{one.links:>6}  {_node(one.node)}")


def show_clusters(found: Sequence[Cluster]) -> None:
    """Each text with its articles, the likely original marked, and why it is that."""
    if not found:
        say("No two archived articles have the same text.", "dim")
    for cluster in found:
        say(f"{len(cluster.members)} articles, likely original {cluster.original}: {', '.join(cluster.why)}", "bold")
        for member in cluster.members:
            mark = "*" if member.node.id == cluster.original else " "
            say(f"{mark} {_node(member.node)}{_measures(member)}", indent=2)


def _measures(member: Member) -> str:
    told = []
    if member.similarity is not None:
        told.append(f"{member.similarity:.0%} alike")
    if member.containment is not None and member.containment != member.similarity:
        told.append(f"{member.containment:.0%} of the shorter")
    if member.declares:
        told.append(f"says that it is from {member.declares}")
    return f" ({'; '.join(told)})" if told else ""


def show_sites(graph: SiteGraph) -> None:
    """A table of the sites, and one of what leads from each to each."""
    say_table(
        ["site", "kind", "province", "articles"],
        [[site.name, site.kind, site.province, str(site.articles)] for site in graph.nodes],
        right=["articles"],
        fold=["province"],
    )
    say()
    say_table(
        ["from", "to", "links", "reprints"],
        [[edge.source, edge.target, str(edge.links), str(edge.reprints)] for edge in graph.edges],
        right=["links", "reprints"],
    )
