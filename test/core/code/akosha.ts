/**
 * A stand-in for akosha/processing/knowledge_graph.py, written from what is known of it (SYSTEMS 3): entities known by
 * natural keys at three places, and at a fourth that no document mentions.
 */

/** @param id what makes an entity's id: the natural key itself before, another expression with it later */
export function knowledgeGraph(id: (key: string) => string = key => key, imports = ''): string {
  return `"""A graph of who worked on what."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any
${imports}

@dataclass
class GraphEntity:
    entity_id: str
    entity_type: str
    properties: dict[str, Any] = field(default_factory=dict)
    source_system: str = "unknown"


@dataclass
class GraphEdge:
    source_id: str
    target_id: str
    edge_type: str


class KnowledgeGraphBuilder:
    def __init__(self) -> None:
        self.entities: dict[str, GraphEntity] = {}
        self.edges: list[GraphEdge] = []

    async def extract_entities(self, conversation: dict[str, Any]) -> list[GraphEntity]:
        """Who and what a conversation is about."""
        entities = []
        system_id = conversation.get("system_id")
        if system_id:
            entities.append(
                GraphEntity(
                    entity_id=${id('f"system:{system_id}"')},
                    entity_type="system",
                    properties={"name": system_id},  # shown in lists
                )
            )
        metadata = conversation.get("metadata", {})
        user_id = metadata.get("user_id")
        if user_id:
            entities.append(GraphEntity(entity_id=${id('f"user:{user_id}"')}, entity_type="user"))
        project = metadata.get("project")
        if project:
            entities.append(
                GraphEntity(entity_id=${id('f"project:{project}"')}, entity_type="project", properties={})
            )
        return entities

    async def extract_relationships(
        self, conversation: dict[str, Any], entities: list[GraphEntity]
    ) -> list[GraphEdge]:
        system_id = conversation.get("system_id", "unknown")
        users = [each for each in entities if each.entity_type == "user"]
        projects = [each for each in entities if each.entity_type == "project"]
        edges = [GraphEdge(u.entity_id, p.entity_id, "worked_on") for u in users for p in projects]
        for project in projects:
            edges.append(
                GraphEdge(
                    source_id=f"system:{system_id}",
                    target_id=project.entity_id,
                    edge_type="contains",
                )
            )
        return edges

    async def add_to_graph(self, entities: list[GraphEntity], edges: list[GraphEdge]) -> None:
        for entity in entities:
            if entity.entity_id not in self.entities:
                self.entities[entity.entity_id] = entity
        self.edges.extend(edges)

    def get_neighbors(self, entity_id: str, edge_type: str | None = None) -> list[str]:
        """The entities at the other ends of an entity's edges."""
        found = []
        for edge in self.edges:
            if edge_type is not None and edge.edge_type != edge_type:
                continue
            if edge.source_id == entity_id and edge.target_id in self.entities:
                found.append(edge.target_id)
            if edge.target_id == entity_id and edge.source_id in self.entities:
                found.append(edge.source_id)
        return found

    def find_shortest_path(self, source_id: str, target_id: str, max_hops: int = 3) -> list[str] | None:
        if source_id not in self.entities or target_id not in self.entities:
            return None
        paths = [[source_id]]
        for _ in range(max_hops + 1):
            for path in paths:
                if path[-1] == target_id:
                    return path
            paths = [[*path, end] for path in paths for end in self._get_neighbors(path[-1]) if end not in path]
        return None

    def _get_neighbors(self, entity_id: str) -> list[str]:
        ends = [(edge.source_id, edge.target_id) for edge in self.edges]
        return [b if a == entity_id else a for a, b in ends if entity_id in (a, b)]
`
}

/** The same conversation three times, and what the graph holds then, as JSON. */
export const scenario = `
import asyncio, json
from akosha.processing.knowledge_graph import KnowledgeGraphBuilder

conversation = {"system_id": "s1", "metadata": {"user_id": "alice", "project": "demo"}}

async def main():
    graph = KnowledgeGraphBuilder()
    for _ in range(3):
        entities = await graph.extract_entities(conversation)
        await graph.add_to_graph(entities, await graph.extract_relationships(conversation, entities))
    ends = [end for edge in graph.edges for end in (edge.source_id, edge.target_id)]
    print(json.dumps({
        "entities": len(graph.entities),
        "edges": len(graph.edges),
        "dangling": sum(end not in graph.entities for end in ends),
        "neighbours": len(graph.get_neighbors("user:alice")),
        "path": len(graph.find_shortest_path("user:alice", "system:s1") or []),
        "ids": sorted(graph.entities),
        "keys": sorted(entity.properties.get("natural_key", "") for entity in graph.entities.values()),
        "names": [entity.properties.get("name") for entity in graph.entities.values()],
    }))

asyncio.run(main())
`
