/** "1 alert", "3 alerts", "3 alerts, 1 resolved". */
export function alertCounts({ firing, alertCount }: { firing: number; alertCount: number }): string {
  const all = alertCount === 1 ? '1 alert' : `${alertCount} alerts`
  return firing === alertCount ? all : `${all}, ${alertCount - firing} resolved`
}
