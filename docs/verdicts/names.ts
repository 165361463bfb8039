/** What the rows and tables of the page are called. */
export const gateNames: Readonly<Record<string, string>> = {
  softmax: 'Softmax',
  'temperature-linear': 'Learned temperature, linear router',
  'temperature-tanh': 'Learned temperature, router tanh(v·x)',
  sigmoid: 'Sigmoid',
  hierarchical: 'Hierarchical softmax, two groups',
  topK: 'Top-2, selected without the bias',
};

export const expertNames: Readonly<Record<string, string>> = {
  linear: 'a·x + b',
  polynomial: '(a·x + b)²',
  constant: 'c',
  gelu: 'gelu(a·x + b)',
  tanh: 'tanh(a·x + b)',
  sigmoid: 'sigmoid(a·x + b)',
  relu: 'relu(a·x + b)',
  'gelu-scaled': 'v gelu(a·x + b) + c',
  'tanh-scaled': 'v tanh(a·x + b) + c',
  'sigmoid-scaled': 'v sigmoid(a·x + b) + c',
  'relu-scaled': 'v relu(a·x + b) + c',
  'gelu-direction': 'gelu(a·x/|x| + b)',
  'tanh-direction': 'tanh(a·x/|x| + b)',
  'sigmoid-direction': 'sigmoid(a·x/|x| + b)',
};
