/** Values that views keep while the page is open. They are in memory only: no storage and no URL holds personal data. */
export const memory = new Map<'search', string>()
