/** What a changelog says of a changeset: its text. That all packages move together needs no line of its own. */
const getReleaseLine = async ({ summary }) => {
  const [first, ...rest] = summary.trim().split('\n');
  // A text with a list of its own stands as it is, a sentence becomes an item.
  return rest.length > 0 ? [first, ...rest].join('\n') : `- ${first}`;
};

const getDependencyReleaseLine = async () => '';

module.exports = { getReleaseLine, getDependencyReleaseLine };
