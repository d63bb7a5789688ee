/** Other ways to see a scene than its materials: without light, as wires, and how often each pixel is drawn. */
import {
  AdditiveBlending,
  Mesh,
  MeshBasicMaterial,
  type Material,
  type MeshStandardMaterial,
  type Object3D,
} from "three";

export type Shading = "shaded" | "unlit" | "wireframe" | "overdraw";

export class Shadings {
  private readonly twins = new Map<Material, MeshBasicMaterial>();
  private mode: Shading = "shaded";

  get shading(): Shading {
    return this.mode;
  }

  set shading(shading: Shading) {
    if (shading !== this.mode) this.dispose();
    this.mode = shading;
  }

  /** Draws with everything below `root` in other materials. */
  during(root: Object3D, draw: () => void): void {
    if (this.mode === "shaded") return draw();
    const before: [Mesh, Material][] = [];
    root.traverse((object) => {
      if (!(object instanceof Mesh) || Array.isArray(object.material)) return;
      before.push([object, object.material]);
      object.material = this.twin(object.material);
    });
    draw();
    for (const [object, material] of before) object.material = material;
    // A material that nothing wears any more would stay.
    const worn = new Set(before.map(([, material]) => material));
    for (const [material, twin] of this.twins) {
      if (worn.has(material)) continue;
      twin.dispose();
      this.twins.delete(material);
    }
  }

  dispose(): void {
    for (const twin of this.twins.values()) twin.dispose();
    this.twins.clear();
  }

  private twin(material: Material): MeshBasicMaterial {
    const { mode, twins } = this;
    const twin = twins.get(material) ?? new MeshBasicMaterial();
    twins.set(material, twin);
    if (mode === "unlit") {
      const { color, map, alphaTest, opacity, side, transparent, vertexColors, depthWrite } =
        material as MeshStandardMaterial;
      const isOther = twin.map !== map || twin.vertexColors !== vertexColors || twin.alphaTest !== alphaTest;
      Object.assign(twin, {
        map,
        alphaTest,
        opacity,
        side,
        transparent,
        vertexColors,
        depthWrite,
        toneMapped: false,
      });
      twin.color.copy(color);
      if (isOther) twin.needsUpdate = true;
    } else if (mode === "wireframe") {
      Object.assign(twin, { wireframe: true, toneMapped: false });
      twin.color.set(0xb4bcc8);
    } else {
      // Each layer adds the same: the brighter a pixel, the more often it is drawn.
      Object.assign(twin, { blending: AdditiveBlending, transparent: true, toneMapped: false });
      Object.assign(twin, { depthTest: false, depthWrite: false, side: material.side });
      twin.color.setRGB(0.12, 0.05, 0.015);
    }
    return twin;
  }
}
