/** Regions that are enabled by default in every account, with how many zones each has. */
export const REGIONS: ReadonlyMap<string, number> = new Map([
  ['ap-northeast-1', 3],
  ['ap-northeast-2', 4],
  ['ap-northeast-3', 3],
  ['ap-south-1', 3],
  ['ap-southeast-1', 3],
  ['ap-southeast-2', 3],
  ['ca-central-1', 3],
  ['eu-central-1', 3],
  ['eu-north-1', 3],
  ['eu-west-1', 3],
  ['eu-west-2', 3],
  ['eu-west-3', 3],
  ['sa-east-1', 3],
  ['us-east-1', 6],
  ['us-east-2', 3],
  ['us-west-1', 2],
  ['us-west-2', 4],
]);

export interface Zone {
  readonly name: string;
  readonly id: string;
  readonly region: string;
}

/** The zones of a region: `us-east-1a` is `use1-az1`, and so on. A region that is not in the list has three. */
export function zonesOf(region: string): readonly Zone[] {
  const short = shortRegion(region);
  return Array.from({ length: REGIONS.get(region) ?? 3 }, (_, index) => ({
    name: `${region}${String.fromCharCode(97 + index)}`,
    id: `${short}-az${index + 1}`,
    region,
  }));
}

/** `us-east-1` -> `use1`, `ap-southeast-2` -> `apse2`, `us-gov-west-1` -> `usgw1`. */
function shortRegion(region: string): string {
  const parts = region.split('-');
  return parts
    .map((part, index) => {
      if (index === 0 || index === parts.length - 1) return part;
      const compass = /^(north|south|central)(east|west)$/.exec(part);
      return compass ? `${compass[1]![0]}${compass[2]![0]}` : part[0]!;
    })
    .join('');
}
