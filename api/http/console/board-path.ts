/** Where the delivery board of an update, or of a step of planned work, is. */
export const boardUrl = (kind: 'incidents' | 'maintenance', id: string, updateId: string): string =>
  `/console/${kind}/${id}/deliveries/${updateId}`
